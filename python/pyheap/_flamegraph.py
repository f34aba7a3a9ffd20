"""A flame graph in HTML, without scripts, so that a notebook shows it wherever it is opened: outermost calls on top, widths are bytes."""

from __future__ import annotations

import html as _html
import zlib as _zlib

from ._reader import AllocationRecord, is_own, sized

_ROW = 19  # pixels
_LEAST = 0.001  # a narrower frame is left out: its share of the whole
_DEEPEST = 60  # rows


class _Node:
    """The calls of one line in one function, below the same callers."""

    __slots__ = ("blocks", "callees", "size")

    def __init__(self) -> None:
        self.size = 0
        self.blocks = 0
        self.callees: dict[tuple[str, str, int], _Node] = {}


def _program(stack: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The frames of the recorded code, the outermost first: those below this package's own, which called it."""
    frames = []
    for frame in stack:
        if is_own(frame):
            break
        frames.append(frame)
    return frames[::-1]


def _tree(records: list[AllocationRecord]) -> _Node:
    root = _Node()
    for record in records:
        node = root
        for frame in (None, *_program(record.stack_trace())):
            if frame is not None:
                node = node.callees.setdefault(frame, _Node())
            node.size += record.size
            node.blocks += record.n_allocations
    return root


def _boxes(node: _Node, whole: int, left: float, depth: int, boxes: list[str]) -> int:
    """Adds the node's callees, and all below. Returns the number of rows down to the lowest one."""
    deepest = depth
    for frame, callee in sorted(node.callees.items(), key=lambda item: -item[1].size):
        share = callee.size / whole
        if share < _LEAST or depth == _DEEPEST:
            break
        function, file, line = frame
        hue = 15 + _zlib.crc32(f"{function} {file}".encode()) % 40
        place = f"{file}:{line}" if file else ""
        told = f"{function} {place}\n{sized(callee.size)} in {callee.blocks:,} block{'s' * (callee.blocks != 1)}, {share:.1%}"
        boxes.append(
            f"<div title='{_html.escape(told, quote=True)}' style='position:absolute;box-sizing:border-box;overflow:hidden;"
            f"white-space:nowrap;left:{100 * left:.3f}%;width:{100 * share:.3f}%;top:{depth * _ROW}px;height:{_ROW - 1}px;"
            f"padding:0 3px;border-right:1px solid #fff;background:hsl({hue} 85% 70%);color:#222'>"
            f"{_html.escape(function)} <small>{_html.escape(place)}</small></div>"
        )
        deepest = max(deepest, _boxes(callee, whole, left, depth + 1, boxes))
        left += share
    return max(deepest, depth + bool(node.callees))


def flamegraph(records: list[AllocationRecord], title: str) -> str:
    """The stacks of the records. The rest of a row's width is what the function above allocated itself."""
    root = _tree(records)
    boxes: list[str] = []
    rows = _boxes(root, max(1, root.size), 0, 0, boxes)
    return (
        f"<p><b>{_html.escape(title)}</b>: {sized(root.size)} in {root.blocks:,} block{'s' * (root.blocks != 1)}</p>"
        f"<div style='position:relative;height:{rows * _ROW}px;font:12px/{_ROW - 1}px sans-serif'>{''.join(boxes)}</div>"
    )
