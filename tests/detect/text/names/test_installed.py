from __future__ import annotations

import pytest

from guardrail.detect.text.names.installed import package_folder
from guardrail.errors import ConfigError


def test_a_package_is_found_without_importing_it() -> None:
    assert (package_folder("natasha", "natasha") / "data").is_dir()


def test_a_missing_package_is_named_with_what_installs_it() -> None:
    with pytest.raises(ConfigError) as caught:
        package_folder("no_such_package", "no-such-package")
    assert "no-such-package" in str(caught.value)
    assert caught.value.fix == "pip install no-such-package"
