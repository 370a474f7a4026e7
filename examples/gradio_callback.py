"""Check an upload in a Gradio app: `check` is the callback, and needs no Gradio.

pip install gradio; python examples/gradio_callback.py
"""

from __future__ import annotations

from pathlib import Path

from sdscan import Knowledge, judge_image, load_knowledge

WORDS = {
    "critical": "Do not publish",
    "high": "Do not publish as it is",
    "medium": "Have a look",
    "low": "Small things",
}


def check(path: str | None, knowledge: Knowledge) -> str:
    """The file that was uploaded → Markdown. Give Gradio the file, not the pixels: the generation data is in the file."""
    if path is None:
        return ""
    result = judge_image(Path(path).read_bytes(), knowledge, name=Path(path).name)
    if result.outcome == "no-metadata":
        return "**Cannot be judged**: the file holds no generation data. That is not the same as clean."
    if result.outcome == "unreadable":
        return "**Cannot be judged**: the file could not be read to its end."
    head = WORDS.get(result.severity or "", "Nothing found")
    verdicts = ", ".join(f"{platform}: {verdict}" for platform, verdict in result.verdicts.items())
    # A message may quote a file: as code it stays text, whatever it holds.
    lines = [f"- {finding.rule}: `{finding.message.replace('`', ' ')}`" for finding in result.findings]
    return "\n".join((f"**{head}** ({verdicts})", "", *lines))


def app() -> None:
    """A page with one upload."""
    import gradio

    knowledge = load_knowledge(platforms=["pixiv"])
    upload = gradio.File(label="Picture", type="filepath")
    gradio.Interface(lambda path: check(path, knowledge), upload, gradio.Markdown(), title="Before you post").launch()


if __name__ == "__main__":
    app()
