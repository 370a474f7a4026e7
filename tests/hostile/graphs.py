"""ComfyUI graphs that no editor would draw: loops, links to nowhere, a million nodes, sub-graphs in themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hostile import Case, Family
from spelled import chunk, text_chunk
from wholes import EVIDENCE, GRAPH, png_with

Json = dict[str, object]


def node(kind: str, **inputs: object) -> Json:
    return {"class_type": kind, "inputs": inputs}


def executed(graph: object) -> bytes:
    return png_with(text_chunk(b"prompt", json.dumps(graph).encode()))


def drawn(canvas: object) -> bytes:
    return png_with(text_chunk(b"workflow", json.dumps(canvas).encode()))


def api_graphs() -> Iterator[Case]:
    honest: Json = json.loads(GRAPH)
    graphs: dict[str, tuple[Json, str]] = {
        "loop-of-one": ({**honest, "6": node("CLIPTextEncode", text=["6", 0], clip=["6", 0]), "2": node("CLIPTextEncode", text=EVIDENCE)}, ""),
        "loop-of-two": ({**honest, "6": node("TextConcat", a=["7", 0], b=EVIDENCE), "7": node("TextConcat", a=["6", 0], b="lowres")}, ""),
        "loop-through-sampler": ({**honest, "5": node("LatentUpscale", samples=["3", 0])}, EVIDENCE),
        "loop-of-loras": ({**honest, "4": node("LoraLoader", lora_name="x.safetensors", model=["4", 0], clip=["4", 1])}, EVIDENCE),
        "loop-of-switches": ({**honest, "6": node("ImpactSwitch", select=["6", 0], input1=["6", 0], input2=["7", 0]), "7": node("ImpactSwitch", select=2, input1=["6", 0], input2=["6", 0])}, ""),
        "links-to-nowhere": ({**honest, "6": node("CLIPTextEncode", text=["999", 0], clip=["-1", 99]), "3": node("KSampler", positive=["nope", 0], model=["", 0])}, ""),
        "links-to-itself-by-number": ({"1": node("SaveImage", images=[1, 0]), "2": node("CLIPTextEncode", text=EVIDENCE)}, EVIDENCE),
        "slots-beyond": ({**honest, "9": node("SaveImage", images=["8", 1e300]), "8": node("VAEDecode", samples=["3", -1])}, EVIDENCE),
        "no-outputs": ({"6": node("CLIPTextEncode", text=EVIDENCE)}, EVIDENCE),
        "all-outputs": ({str(i): node("SaveImage", images=[str((i + 1) % 5000), 0], filename_prefix=EVIDENCE) for i in range(5000)}, ""),
        "class-is-long": ({"1": {"class_type": "A" * 1_000_000, "inputs": {"text": EVIDENCE}}}, EVIDENCE),
        "class-is-odd": ({"1": {"class_type": "\u202e<script>\0", "inputs": {"text": EVIDENCE}}}, EVIDENCE),
        "names-are-odd": ({"1": node("CLIPTextEncode", **{"text\n": EVIDENCE, "": 1, "a" * 100_000: "b", "__proto__": EVIDENCE})}, EVIDENCE),
        "inputs-are-lists": ({"1": {"class_type": "CLIPTextEncode", "inputs": [EVIDENCE]}, "2": node("CLIPTextEncode", text=EVIDENCE)}, EVIDENCE),
        "text-is-number": ({**honest, "7": node("CLIPTextEncode", text=7, clip=None)}, EVIDENCE),
        "text-is-list": ({**honest, "7": node("CLIPTextEncode", text=[["6", 0], ["6", 0]], clip=[[[]]])}, EVIDENCE),
        "weights-are-odd": ({**honest, "10": node("LoraLoader", lora_name="x", strength_model="NaN", strength_clip=1e308, model=["4", 0]), "3": node("KSampler", model=["10", 0], positive=["6", 0])}, EVIDENCE),
        "many-texts-in-one": ({**honest, "6": node("Texts", **{f"text_{i}": f"word {i}" for i in range(30_000)}, text=EVIDENCE)}, ""),
        "million-links-in-one": ({**honest, "6": node("TextConcat", **{f"text_{i}": ["7", 0] for i in range(90_000)}, text=EVIDENCE)}, ""),
        "stacks-of-loras": ({"1": node("LoRA Stacker", lora_count=50_000, **{f"lora_name_{i}": f"l{i}.safetensors" for i in range(50_000)}), "2": node("KSampler", model=["1", 0], positive=["3", 0]), "3": node("CLIPTextEncode", text=EVIDENCE)}, ""),
    }  # fmt: skip
    for label, (graph, evidence) in graphs.items():
        heavy = label in ("many-texts-in-one", "stacks-of-loras")
        yield Case(f"graph-{label}.png", executed(graph), "unreadable" if heavy else "scanned", "limit" if heavy else "", text=evidence)
    yield Case("graph-million-nodes.png", lambda: executed({str(i): {"class_type": "A", "inputs": {}} for i in range(180_000)} | json.loads(GRAPH)), "unreadable", "limit")
    yield Case("graph-20000-prompts.png", lambda: executed({str(i): node("CLIPTextEncode", text=f"word {i}") for i in range(19_000)}), "unreadable", "limit")
    long_key = "k" * 1_000_000
    yield Case("graph-long-id.png", lambda: executed({long_key: node("Texts", **{f"text_{i}": f"word {i}" for i in range(1500)}, text=EVIDENCE)}), "scanned", text=EVIDENCE)
    yield Case("graph-long-name.png", lambda: executed({str(i): node("CLIPTextEncode", **{long_key: f"word {i}", "text": EVIDENCE}) for i in range(7)}), "scanned", text=EVIDENCE)
    yield Case("graph-long-chunk-name.png", lambda: png_with(chunk(b"iTXt", b"p" * 1_000_000 + b"\0\0\0\0\0" + json.dumps({str(i): node("CLIPTextEncode", text=f"word {i}") for i in range(1900)}).encode())), "unreadable", "limit")
    yield Case("graph-long-chain.png", lambda: executed(_chain(1_900)), "scanned", text=EVIDENCE)
    yield Case("graph-longer-chain.png", lambda: executed(_chain(19_000)), "unreadable", "limit-prompts")
    yield Case("graph-ladder.png", lambda: executed(_ladder(9_000)), "scanned", text=EVIDENCE)
    yield Case("graph-full-mesh.png", lambda: executed(_mesh(250)), "scanned")
    yield Case("graph-set-get.png", lambda: executed(_gets(9_000)), "scanned")
    yield Case("graph-switch-tower.png", lambda: executed(_tower(19_000)), "scanned", text=EVIDENCE)
    yield Case("graph-doubling.png", lambda: executed(_doubling(2_000)), "scanned")
    yield Case("graph-doubling-texts.png", lambda: executed(_doubling_texts(60)), "scanned")


def _chain(length: int) -> Json:
    """Texts joined one after another; recursion would not survive it."""
    graph: Json = {str(i): node("StringConcatenate", string_a=[str(i + 1), 0], string_b=f"w{i}") for i in range(length)}
    graph[str(length)] = node("CLIPTextEncode", text=EVIDENCE)
    graph["out"] = node("SaveImage", images=["0", 0])
    return graph


def _ladder(length: int) -> Json:
    """Every node takes the next one twice: two to the power of `length` ways through it."""
    graph: Json = {str(i): node("ConditioningCombine", conditioning_1=[str(i + 1), 0], conditioning_2=[str(i + 1), 0]) for i in range(length)}
    graph[str(length)] = node("CLIPTextEncode", text=EVIDENCE)
    graph["s"] = node("KSampler", positive=["0", 0], negative=["0", 0], model=["0", 0])
    graph["out"] = node("SaveImage", images=["s", 0])
    return graph


def _mesh(size: int) -> Json:
    """Every node takes every node."""
    return {str(i): node("Mix", **{f"in_{j}": [str(j), 0] for j in range(size)}, text=f"word {i}") for i in range(size)}


def _gets(size: int) -> Json:
    """Constants set and got under one name, all of them."""
    graph: Json = {}
    for i in range(size):
        graph[f"s{i}"] = node("SetNode", value=[f"g{i}", 0], Constant="x", title="Set_x")
        graph[f"g{i}"] = node("GetNode", Constant="x", title="Get_x")
    return graph


def _tower(height: int) -> Json:
    """Switches whose position and inputs are the next switch."""
    graph: Json = {str(i): node("ImpactSwitch", select=[str(i + 1), 0], input1=[str(i + 1), 0]) for i in range(height)}
    graph[str(height)] = node("PrimitiveInt", value=1)
    graph["e"] = node("CLIPTextEncode", text=["0", 0])
    graph["f"] = node("CLIPTextEncode", text=EVIDENCE)
    graph["s"] = node("KSampler", positive=["f", 0], negative=["e", 0])
    graph["out"] = node("SaveImage", images=["s", 0])
    return graph


def _doubling(length: int) -> Json:
    """Texts that join the one before with itself."""
    graph: Json = {"0": node("Text", text=EVIDENCE)}
    for i in range(1, length):
        graph[str(i)] = node("Text Concatenate", text_a=[str(i - 1), 0], text_b=[str(i - 1), 0], delimiter=", ")
    graph["e"] = node("CLIPTextEncode", text=[str(length - 1), 0])
    graph["s"] = node("KSampler", positive=["e", 0])
    graph["out"] = node("SaveImage", images=["s", 0])
    return graph


def _doubling_texts(length: int) -> Json:
    """The same with the string nodes of ComfyUI's core."""
    graph: Json = {"0": node("PrimitiveString", value=EVIDENCE)}
    for i in range(1, length):
        graph[str(i)] = node("StringConcatenate", string_a=[str(i - 1), 0], string_b=[str(i - 1), 0], delimiter=", ")
    graph["e"] = node("CLIPTextEncode", text=[str(length - 1), 0])
    graph["s"] = node("KSampler", positive=["e", 0])
    graph["out"] = node("SaveImage", images=["s", 0])
    return graph


def canvases() -> Iterator[Case]:
    def widget(number: int, kind: str, *values: object, **more: object) -> Json:
        return {"id": number, "type": kind, "widgets_values": list(values), "inputs": [], "outputs": [], "mode": 0, **more}

    text = widget(6, "CLIPTextEncode", EVIDENCE)

    def canvas(*nodes: object, links: object = (), **more: object) -> Json:
        return {"last_node_id": 9, "last_link_id": 9, "nodes": list(nodes), "links": links, "version": 0.4, **more}

    def subgraph(name: str, *nodes: object, links: object = ()) -> Json:
        return {"id": name, "name": name, "nodes": list(nodes), "links": links, "inputs": [], "outputs": []}

    itself = {"subgraphs": [subgraph("a", widget(1, "a"), widget(2, "b")), subgraph("b", widget(1, "a"), text)]}
    wide = {"subgraphs": [subgraph(f"s{i}", widget(1, f"s{i + 1}"), widget(2, f"s{i + 1}"), text) for i in range(40)]}
    group = {"groupNodes": {"g": {"nodes": [widget(0, "workflow>g"), widget(1, "workflow>g"), text], "links": [[0, 0, 1, 0, "X"]], "external": []}}}
    canvases: dict[str, tuple[object, str]] = {
        "links-nonsense": (canvas(text, links=[[1], None, "x", [1, 2, 3, 4, 5, 6, 7], [1e999, -1, {}, [], "X"], {"id": 1}]), EVIDENCE),
        "links-loop": (canvas({**text, "inputs": [{"name": "text", "link": 1}]}, links=[[1, 6, 0, 6, 0, "STRING"]]), ""),
        "links-many": (canvas(text, links=[[i, 6, 0, 6, 0, "X"] for i in range(30_000)]), EVIDENCE),
        "same-ids": (canvas(*[text] * 3000), EVIDENCE),
        "ids-odd": (canvas({**text, "id": None}, {**text, "id": [1]}, {**text, "id": "6"}, {**text, "id": 1e300}, {**text, "id": True}), EVIDENCE),
        "widgets-dict": (canvas({**text, "widgets_values": {"text": EVIDENCE, "a": {"b": 1}}}), EVIDENCE),
        "widgets-deep": (canvas({**text, "widgets_values": [[[[[[EVIDENCE]]]]]]}), ""),
        "widgets-million": (canvas({**text, "widgets_values": [EVIDENCE, *range(300_000)]}), EVIDENCE),
        "nodes-dict": ({"nodes": {"6": text}, "links": [], "version": 0.4, "last_node_id": 1, "last_link_id": 1}, ""),
        "subgraph-in-itself": (canvas(widget(1, "a"), definitions=itself), ""),
        "subgraph-tree": (canvas(widget(1, "s0"), definitions=wide), ""),
        "subgraph-nonsense": (canvas(text, widget(1, "q"), definitions={"subgraphs": [None, 1, {"id": "q"}, {"id": "q", "nodes": "x", "links": 7}]}), EVIDENCE),
        "group-in-itself": (canvas(widget(1, "workflow>g"), extra=group), ""),
        "modes-odd": (canvas({**text, "mode": 99}, {**text, "id": 7, "mode": "4"}, {**text, "id": 8, "mode": None}), EVIDENCE),
        "extra-odd": (canvas(text, extra={"prompt": [], "workflow": 7, "ue_links": [None, {"downstream": []}], "ds": "x"}), EVIDENCE),
        "reroutes": (canvas(*({"id": i, "type": "Reroute", "inputs": [{"name": "", "link": i + 1}], "outputs": [{"links": [i]}], "mode": 0} for i in range(5000)), {**text, "id": 5000}, links=[[i, i, 0, i - 1, 0, "*"] for i in range(1, 5001)]), ""),
    }  # fmt: skip
    deep = {"subgraphs": [subgraph(f"n{i}", {**widget(1, f"n{i + 1}"), "id": "i" * 60_000}, text) for i in range(60)]}
    canvases["subgraph-long-ids"] = (canvas(*[{**widget(i, "n0")} for i in range(100)], text, definitions=deep), "")
    canvases["links-amplified"] = (canvas(*[widget(i, "a") for i in range(3000)], text, definitions={"subgraphs": [subgraph("a", text, links=[[i, 1, 0, 1, 0, "X"] for i in range(30_000)])]}), "")
    canvases["inputs-amplified"] = (canvas(*[widget(i, "a") for i in range(3000)], text, definitions={"subgraphs": [{**subgraph("a", text), "inputs": [{"name": f"i{i}"} for i in range(30_000)]}]}), "")
    canvases["groups-amplified"] = (canvas(*[widget(i, "workflow>g") for i in range(3000)], text, extra={"groupNodes": {"g": {"nodes": [text], "links": [[0, 0, 0, 0, "X"]] * 30_000, "external": []}}}), "")
    for label, (value, evidence) in canvases.items():
        outcome = "unreadable" if label in ("subgraph-tree", "group-in-itself") or "amplified" in label else "no-metadata" if label == "nodes-dict" else "scanned"
        yield Case(f"canvas-{label}.png", drawn(value), outcome, text=evidence)  # type: ignore[arg-type]
    yield Case("canvas-million-nodes.png", lambda: drawn(canvas(*[{"id": i, "type": "A"} for i in range(180_000)], text)), "unreadable", "limit")


FAMILIES: dict[str, Family] = {"graphs": api_graphs, "canvases": canvases}
