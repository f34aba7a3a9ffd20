// Programs that `pyheap run` has to run in more than one runtime, and what they print.

/** For engines that can suspend WebAssembly: `await` and run_sync of promises, while JavaScript calls the program. */
export const PROMISES = {
  code: `
import asyncio, atexit, js
from pyodide.ffi import JsException, create_proxy, run_sync
from pyodide.code import run_js
later = run_js("(value, ms) => new Promise((done) => setTimeout(() => done(value), ms))")
fails = run_js("(ms) => new Promise((_, fail) => setTimeout(() => fail(new TypeError('no')), ms))")
async def ticks(count):
    for _ in range(count): await asyncio.sleep(0.002)
    return count
def deep(n): return deep(n - 1) if n else run_sync(later("deep", 1))
print(run_sync(later(1, 5)))
async def main():
    print(await later(2, 5), await asyncio.gather(later(3, 9), ticks(3), later(4, 1)))
    try: await fails(1)
    except JsException as error: print(error)
    try: await asyncio.wait_for(later(0, 100_000), 0.01)
    except TimeoutError: print("timeout")
    other = asyncio.create_task(ticks(2))
    print(deep(50), run_sync(ticks(1)), await other)
    event, loop, seen = asyncio.Event(), asyncio.get_running_loop(), []
    js.setTimeout(create_proxy(lambda: seen.append(asyncio.get_running_loop() is loop) or event.set()), 5)
    await event.wait()
    print(seen, await run_js("async (f) => 1 + await f(2)")(create_proxy(ticks)))
    return len([await later(bytes(1000), 0) for _ in range(20)])
print(asyncio.run(main()))
atexit.register(lambda: print(run_sync(later("at exit", 1))))
`,
  stdout: "1\n2 [3, 3, 4]\nTypeError: no\ntimeout\ndeep 1 2\n[True] 3\n20\nat exit\n",
} as const;

/** Recursions through C, each of which must end in RecursionError. */
export const RECURSIONS = {
  code: `
import functools
def visit(node, *, mark=0):
    again = functools.partial(visit, mark=1)
    for child in node: again(child)
ring = []; ring.append(ring)
try: visit(ring)
except RecursionError: print("partial")
other = []; other.append(other)
try: ring == other
except RecursionError: print("comparison")
`,
  stdout: "partial\ncomparison\n",
} as const;

/** Deeply nested objects that are freed. */
export const NESTS = {
  code: `
class Slots: __slots__ = ("next",)
class Plain: pass
def node(kind, next):
    made = kind()
    made.next = next
    return made
for wrap in (lambda x: [x], lambda x: (x,), lambda x: {"k": x}, lambda x: node(Slots, x), lambda x: node(Plain, x)):
    nest = None
    for _ in range(400_000): nest = wrap(nest)
    del nest
    print("freed")
`,
  stdout: "freed\n".repeat(5),
} as const;
