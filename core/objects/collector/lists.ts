// Lists of tracked objects: rings through their headers (model/gc-head.ts).

import { GC_UNREACHABLE, GCHead, generation } from "../model/gc-head";
import { PERMANENT } from "./state";
import { isCollecting } from "./unreachable";

/** Moves all of `from` to the end of `to`. */
export function merge(from: GCHead, to: GCHead): void {
  if (from.isEmpty) return;
  const first = changetype<GCHead>(from.next);
  const last = from.prevHead;
  const end = to.prevHead;
  end.next = changetype<usize>(first);
  first.setPrev(end);
  last.next = changetype<usize>(to);
  to.setPrev(last);
  from.becomeEmpty();
}

export function sizeOfList(list: GCHead): u32 {
  let n: u32 = 0;
  for (let head = list.next; head != changetype<usize>(list); head = changetype<GCHead>(head).next) n++;
  return n;
}

@inline
export function moveTo(node: GCHead, to: GCHead): void {
  node.unlink();
  to.append(node);
}

/** Whether a list is in order: next and prev agree, its objects are alive, and all or none of them are marked COLLECTING. */
export function isInOrder(list: GCHead, marked: bool): bool {
  let prev = list;
  let at = list.next;
  while (at != changetype<usize>(list)) {
    if (at == 0 || (at & GC_UNREACHABLE) != 0) return false;
    const head = changetype<GCHead>(at);
    if (head.prevHead !== prev || isCollecting(head) != marked || head.object.refcnt == 0) return false;
    prev = head;
    at = head.next;
  }
  return list.prevHead === prev;
}

/** Whether every generation's list is in order, as it is outside of a collection. */
export function gc_valid(): bool {
  for (let k: u32 = 0; k <= PERMANENT; k++) if (!isInOrder(generation(k).head, false)) return false;
  return true;
}
