"""Secrets that show by their own form whose they are.

Forms: the providers' own documentation of their tokens (named beside each), most of them listed
by GitHub, "Supported secret scanning patterns". A form without a distinctive prefix isn't here:
such a secret counts only by what is said before it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One provider's token."""

    name: str
    prefix: str
    """What it starts with: an RE2 pattern that wants a word's boundary before it."""
    rest: str
    """What follows, of bounded length."""
    floor: float = 3.0
    """Bits a character at least in the part that is drawn by chance."""


def _shape(name: str, prefix: str, rest: str, floor: float = 3.0) -> Shape:
    return Shape(name=name, prefix=prefix, rest=rest, floor=floor)


_B64URL = r"[A-Za-z0-9_\-]"

SHAPES: tuple[Shape, ...] = (
    # Clouds. AWS IAM "Understanding unique ID prefixes"; Google "API keys", "OAuth"; Yandex Cloud
    # "Secrets in open sources"; DigitalOcean "Token prefixes"; Alibaba RAM "AccessKey pair".
    _shape("aws-key", "(?:AKIA|ASIA|ABIA|ACCA)", "[A-Z2-7]{16}"),
    _shape("google-api", "AIza", rf"{_B64URL}{{35}}"),
    _shape("google-oauth", r"ya29\.", rf"{_B64URL}{{30,220}}"),
    _shape("google-client", "GOCSPX-", rf"{_B64URL}{{28}}"),
    _shape("google-refresh", "1//0", rf"{_B64URL}{{40,110}}"),
    _shape("yandex-api", "AQVN", rf"{_B64URL}{{35,38}}"),
    _shape("yandex-oauth", "y[0-6]_", rf"{_B64URL}{{50,62}}"),
    _shape("yandex-iam", r"t1\.", rf"{_B64URL}{{20,160}}={{0,2}}\.{_B64URL}{{86}}={{0,2}}"),
    _shape("yandex-static", "YC[AMNOP]", rf"{_B64URL}{{22,37}}", 3.4),
    _shape("digitalocean", "do[oprt]_v1_", "[0-9a-f]{64}"),
    _shape("alibaba", "LTAI", "[A-Za-z0-9]{16,20}", 3.2),
    _shape("azure-client", r"[A-Za-z0-9_~.]{3}[0-9]Q~", r"[A-Za-z0-9_~.\-]{31,34}", 3.4),
    # Code and packages. GitHub "About authentication", GitLab "Token overview", npm "About access
    # tokens", PyPI "API tokens", Docker Hub, RubyGems, Atlassian, Terraform Cloud, Pulumi.
    _shape("github", "gh[pousr]_", "[A-Za-z0-9]{36,76}"),
    _shape("github-fine", "github_pat_", "[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _shape("gitlab", "gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-", r"[A-Za-z0-9_\-.]{20,64}"),
    _shape("npm", "npm_", "[A-Za-z0-9]{36}"),
    _shape("pypi", "pypi-AgE", rf"{_B64URL}{{60,220}}"),
    _shape("docker", "dckr_[po]at_", rf"{_B64URL}{{27,40}}"),
    _shape("rubygems", "rubygems_", "[0-9a-f]{48}"),
    _shape("atlassian", "AT(?:ATT3|CTT3|BB)", r"[A-Za-z0-9_\-=]{24,220}"),
    _shape("terraform", r"[A-Za-z0-9]{14}\.atlasv1\.", rf"{_B64URL}{{60,70}}"),
    _shape("pulumi", "pul-", "[0-9a-f]{40}"),
    _shape("hashicorp-vault", r"hv[bsr]\.", rf"{_B64URL}{{24,200}}"),
    _shape("age", "AGE-SECRET-KEY-1", "[02-9AC-HJ-NP-Z]{58}"),
    # Models. OpenAI, Anthropic, Hugging Face, Groq, Replicate, Perplexity, xAI: "API keys".
    _shape("openai", "sk-(?:proj|svcacct|admin)-", rf"{_B64URL}{{40,200}}"),
    _shape("anthropic", "sk-ant-", rf"{_B64URL}{{40,120}}"),
    _shape("openai-old", "sk-(?:or-v1-)?[A-Za-z0-9]{8}", "[A-Za-z0-9]{24,56}"),
    _shape("huggingface", "(?:hf|api_org)_", "[A-Za-z]{34}"),
    _shape("groq", "gsk_", "[A-Za-z0-9]{52}"),
    _shape("replicate", "r8_", "[A-Za-z0-9]{37}"),
    _shape("perplexity", "pplx-", "[A-Za-z0-9]{48}"),
    _shape("xai", "xai-", "[A-Za-z0-9]{80}"),
    # Messengers and mail. Slack "Token types", Telegram "Bot API: Authorizing your bot", Discord
    # "Authentication", SendGrid, Mailgun, Mailchimp, Twilio: "API keys".
    _shape("slack", "xox[abeoprs]-", r"[A-Za-z0-9\-]{20,180}"),
    _shape("slack-app", "xapp-[0-9]-", r"[A-Za-z0-9\-]{30,120}"),
    _shape(
        "slack-hook",
        r"hooks\.slack\.com/services/",
        "T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,26}",
    ),
    _shape("telegram", "[0-9]{8,10}:A", rf"{_B64URL}{{34}}"),
    _shape("discord", rf"[MNO]{_B64URL}{{23,27}}\.{_B64URL}{{6}}\.", rf"{_B64URL}{{27,40}}"),
    _shape(
        "discord-hook",
        r"discord(?:app)?\.com/api/webhooks/",
        rf"[0-9]{{17,20}}/{_B64URL}{{60,72}}",
    ),
    _shape("sendgrid", r"SG\.", rf"{_B64URL}{{22}}\.{_B64URL}{{43}}"),
    _shape("mailgun", "key-[0-9a-f]{8}", "[0-9a-f]{24}", 2.8),
    _shape("mailchimp", "[0-9a-f]{32}-us", "[0-9]{1,2}", 0.0),
    _shape("twilio", "SK[0-9a-f]{8}", "[0-9a-f]{24}", 2.8),
    # Shops and others. Stripe "API keys", Shopify "Access tokens", Square, Databricks "Personal
    # access tokens", Linear, Grafana, Postman, New Relic, Doppler, Notion, Figma, Sentry.
    _shape("stripe", "(?:[sr]k_(?:live|test)|whsec)_", r"[A-Za-z0-9+/]{24,110}"),
    _shape("shopify", "shp(?:at|ca|pa|ss)_", "[0-9A-Fa-f]{32}"),
    _shape("square", "(?:sq0[a-z]{3}-|EAAA)", rf"{_B64URL}{{22,60}}", 3.4),
    _shape("databricks", "dapi", "[0-9a-f]{32}(?:-[0-9])?"),
    _shape("linear", "lin_(?:api|oauth)_", "[A-Za-z0-9]{40,64}"),
    _shape("grafana", "gl(?:sa|c)_", r"[A-Za-z0-9+/_=]{32,160}"),
    _shape("postman", "PMAK-", "[0-9a-f]{24}-[0-9a-f]{34}"),
    _shape("newrelic", "NRAK-", "[A-Z0-9]{27}"),
    _shape("doppler", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"[A-Za-z0-9_.\-]{40,64}"),
    _shape("notion", "(?:ntn|secret)_", "[A-Za-z0-9]{43,46}"),
    _shape("figma", "fig[dou]r?_", rf"{_B64URL}{{40,48}}"),
    _shape("sentry", "sntrys_", r"[A-Za-z0-9+/_=]{60,220}"),
    _shape("tailscale", "tskey-(?:auth|api|client)-", r"[A-Za-z0-9\-]{20,64}"),
)

TOKEN = rf"\b(?:{'|'.join(f'{one.prefix}({one.rest})' for one in SHAPES)})"
"""Any of the tokens; group n is what chance drew in shape n - 1."""

STARTS = rf"\b(?:{'|'.join(one.prefix for one in SHAPES)})"
"""What any of the tokens starts with, for RE2."""

LONGEST_TOKEN = 260
"""Characters of the longest token, rounded up."""
