// The loop that asyncio runs on under `pyheap run`. Pyodide's own loop waits for JavaScript's, which cannot run before
// CPython's main function returns. This loop sleeps in place, like a selector, until its next timer or a signal.
//
//   asyncio.run -> BaseEventLoop._run_once -> select(timeout) -> wait(seconds), which a signal ends early
//
// Nothing else can wake the loop: there are no threads, sockets do not exist, and files are always ready. A JavaScript
// promise would need JavaScript's loop. So a program that only waits for promises does not wait for ever, but ends with
// an error that says why.

/**
 * Defines install(wait). After that call, asyncio makes loops of this kind, and no loop is running. `wait` sleeps for a
 * number of seconds, or until a signal comes.
 */
export const EVENT_LOOP = `
def install(wait):
    import asyncio, signal, sys
    from asyncio import base_events, coroutines, events, unix_events

    FOREVER = 3600

    class Selector:
        "The object that a loop asks for events. It has none, and sleeps."

        def __init__(self, loop):
            self.loop = loop

        def select(self, timeout):
            if timeout is None:
                timeout = 0 if self.loop._refuse_promise() else FOREVER
            if timeout > 0:
                wait(timeout)
            return ()

        def close(self):
            pass

    class EventLoop(base_events.BaseEventLoop):
        "The event loop of a program that owns its thread: it sleeps in place."

        def __init__(self, selector=None):
            super().__init__()
            self._selector = Selector(self)
            self._signal_handlers = {}
            self._promises = set()

        def _process_events(self, events):
            pass

        def _write_to_self(self):
            "Another thread would wake the loop here."

        def close(self):
            if self.is_running():
                raise RuntimeError("Cannot close a running event loop")
            if not self.is_closed() and not sys.is_finalizing():
                for number in list(self._signal_handlers):
                    self.remove_signal_handler(number)
            super().close()

        def create_future(self):
            future = super().create_future()
            # Python code that calls this function contains its name. If the caller's code does not, that code called JavaScript,
            # JavaScript returned a promise, and this call, which comes from Pyodide, makes the promise's future.
            if "create_future" not in sys._getframe(1).f_code.co_names:
                self._promises.add(future)
                future.add_done_callback(self._promises.discard)
            return future

        def _refuse_promise(self):
            "Called when nothing is ready or scheduled. If a promise is awaited, makes it fail. Returns whether one is awaited."
            future = next(iter(self._promises), None)
            if future is not None:
                future.set_exception(RuntimeError("pyheap run cannot wait for a JavaScript promise"))
            return future is not None

        def add_signal_handler(self, sig, callback, *args):
            if coroutines.iscoroutine(callback) or coroutines._iscoroutinefunction(callback):
                raise TypeError("coroutines cannot be used with add_signal_handler()")
            self._check_closed()
            handle = events.Handle(callback, args, self, None)
            try:
                signal.signal(sig, self._on_signal)
            except OSError:
                raise RuntimeError(f"sig {sig} cannot be caught") from None
            self._signal_handlers[sig] = handle

        def _on_signal(self, sig, frame):
            handle = self._signal_handlers.get(sig)
            if handle is not None and not handle.cancelled():
                self._ready.append(handle)

        def remove_signal_handler(self, sig):
            if self._signal_handlers.pop(sig, None) is None:
                return False
            signal.signal(sig, signal.default_int_handler if sig == signal.SIGINT else signal.SIG_DFL)
            return True

    # Undoes what Pyodide has done: its loop counts as running, its policy is set, and it has replaced asyncio.run.
    events._set_running_loop(None)
    events._event_loop_policy = None
    asyncio.run = asyncio.runners.run
    policy = getattr(unix_events, "_DefaultEventLoopPolicy", None) or unix_events.DefaultEventLoopPolicy
    policy._loop_factory = EventLoop
    for module in asyncio, unix_events:
        module.EventLoop = module.SelectorEventLoop = EventLoop`;
