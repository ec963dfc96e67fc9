"""The words in which a person learns why a message wasn't carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardrail.facts import Decision, Hit, Notice


def explain(decision: Decision, notices: Mapping[str, Notice], languages: Sequence[str]) -> str:
    """Return why, one line for each language, then the rules with their articles.

    Only the rules that were decisive are named: those that asked for what was done. Holds no
    personal value.

    Args:
        decision: a refusal or a hold; any other action is explained the same way.
        notices: words by key, as `Judge.notices`.
        languages: tags in the order the person wants them, as ``("kk", "ru-KZ")``. A notice that
            has none of them is given in all its own.
    """
    decisive = [hit for hit in decision.hits if hit.action is decision.action]
    told: dict[str, list[Hit]] = {}
    for hit in decisive:
        if hit.notice in notices:
            told.setdefault(hit.notice, []).append(hit)
    lines: dict[str, list[str]] = {}
    for key, hits in told.items():
        rules = ", ".join(dict.fromkeys(hit.rule for hit in hits))
        for language, text in _texts(notices[key], languages).items():
            lines.setdefault(language, []).append(text.replace("{rule}", rules))
    named = dict.fromkeys(f"{hit.rule}: {hit.article}" for hit in decisive)
    paragraphs = [" ".join(texts) for texts in lines.values()]
    if named:
        paragraphs.append(f"({'; '.join(named)})")
    return "\n".join(paragraphs)


def _texts(notice: Notice, languages: Sequence[str]) -> Mapping[str, str]:
    wanted = dict.fromkeys(tag.partition("-")[0].lower() for tag in languages)
    told = {tag: notice.texts[tag] for tag in wanted if tag in notice.texts}
    return told or notice.texts
