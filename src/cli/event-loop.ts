// The loop that asyncio runs on under `pyheap run`. Pyodide's own loop waits for JavaScript's, which cannot run before
// CPython's main function returns or is suspended. This loop sleeps like a selector, until its next timer or a signal.
//
//   asyncio.run -> BaseEventLoop._run_once -> select(timeout) -> wait(seconds)              blocks the thread
//                                                             -> pause(seconds), run_sync   suspends it, if possible
//
// There are no threads, sockets do not exist, and files are always ready: so in a blocked thread, nothing but a signal can
// wake the loop. A JavaScript promise needs JavaScript's loop. A program that waits only for promises, in an engine that
// can't suspend it, does not wait for ever, but ends with an error that says why.
//
// In a suspended thread JavaScript's loop runs, and JavaScript can call functions of the program. These have a thread state
// of their own in Python, which must know the running loop as well. What they schedule wakes the loop.

/**
 * Defines install(wait, pause, wake, cancel). After that call, asyncio makes loops of this kind, and no loop is running.
 * `wait` sleeps for a number of seconds, or until a signal comes. `pause` begins a pause, which ends after a number of
 * seconds, by a signal, or when `wake` is called; it is None if the engine can't suspend Python. `cancel` ends a pause that
 * has begun, but for which Python could not be suspended. install returns a function that is to be called with True when
 * Python is suspended, and with False when the pause has ended.
 */
export const EVENT_LOOP = `
def install(wait, pause=None, wake=None, cancel=None):
    import asyncio, pyodide.ffi, signal, sys, time
    from asyncio import base_events, coroutines, events, tasks, unix_events
    from pyodide.ffi import can_run_sync, run_sync as suspend

    FOREVER = 3600
    # Seconds after which a loop that always has something to do lets JavaScript's loop run.
    TURN = 0.01
    monotonic = time.monotonic

    class Pause:
        "What run_sync waits for: like a future, but it calls its callback itself when it is done, without the loop."

        _asyncio_future_blocking = False
        is_done = False
        callback = None

        def __init__(self, loop):
            self.loop = loop

        def __await__(self):
            return iter(())

        def add_done_callback(self, callback, *, context=None):
            self.callback = callback
            if self.is_done:
                callback(self)

        def end(self):
            self.is_done = True
            if self.callback is not None:
                self.callback(self)

        def result(self):
            pass

    current = None

    def on_turn(is_suspended):
        "Called with True when Python is suspended: from now on, JavaScript can call the program's functions. With False: the pause has ended."
        events._set_running_loop(current.loop if is_suspended else None)
        if not is_suspended:
            current.end()

    def waking(schedule):
        "Schedules, and ends the pause."
        def call(*args, **options):
            wake()
            return schedule(*args, **options)
        return call

    class Selector:
        "The object that a loop asks for events. It has none, and sleeps."

        def __init__(self, loop):
            self.loop = loop
            self.turned = monotonic()

        def select(self, timeout):
            if pause is not None and can_run_sync():
                return self.turn(timeout)
            if timeout is None:
                timeout = 0 if self.loop._refuse_promise() else FOREVER
            if timeout > 0:
                wait(timeout)
            return ()

        def turn(self, timeout):
            "Sleeps while JavaScript's loop runs."
            if timeout is not None and timeout <= 0 and monotonic() - self.turned < TURN:
                return ()
            nonlocal current
            loop = self.loop
            loop.call_soon, loop.call_at = waking(loop.call_soon), waking(loop.call_at)
            current = Pause(loop)
            try:
                pause(FOREVER if timeout is None else timeout)
                suspend(current)
            finally:
                if not current.is_done:
                    cancel()
                del loop.call_soon, loop.call_at
                self.turned = monotonic()
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
            # Python code that calls this function contains the name of this function. If the calling frame's code does not, it has
            # called JavaScript, which returned a promise; and Pyodide calls this function for the promise's future.
            if "create_future" not in sys._getframe(1).f_code.co_names:
                self._promises.add(future)
                future.add_done_callback(self._promises.discard)
            return future

        def _refuse_promise(self):
            "Called when nothing is ready or scheduled. If a promise is awaited, makes it fail. Returns whether one is awaited."
            future = next(iter(self._promises), None)
            if future is not None:
                future.set_exception(RuntimeError(
                    "pyheap run cannot wait for a JavaScript promise here: the engine must be able to suspend WebAssembly (JSPI: Node 24 and later), "
                    "with Pyodide 314 or later" if pause is None else
                    "Cannot wait for a JavaScript promise in a function that JavaScript has called, unless it is called with callPromising"
                ))
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

    def run_sync(awaitable, /):
        "Like Pyodide's run_sync. Runs the loop, also from one of its tasks, until something that can be awaited is done."
        loop = events._get_running_loop()
        if loop is None:
            return loop_of_promises().run_until_complete(awaitable)
        future = asyncio.ensure_future(awaitable, loop=loop)
        task = asyncio.current_task(loop)
        if task is not None:
            tasks._leave_task(loop, task)
        # The step of the loop that this is called from is going to take as many items as there are now.
        taken = len(loop._ready)
        try:
            while not future.done():
                loop._run_once()
        finally:
            loop._ready.extendleft([skipped] * taken)
            if task is not None:
                tasks._enter_task(loop, task)
        return future.result()

    class skipped:
        "Stands in the queue in place of a handle that a step of the loop was going to take, and that has run already."
        _cancelled = True

    of_promises = None

    def loop_of_promises():
        "The loop of promises that JavaScript returns while no loop runs."
        nonlocal of_promises
        if of_promises is None or of_promises.is_closed():
            of_promises = EventLoop()
        return of_promises

    # Undoes what Pyodide has done: its loop counts as running, its policy is set, and it has replaced asyncio.run.
    events._set_running_loop(None)
    events._event_loop_policy = None
    asyncio.run = asyncio.runners.run
    policy = getattr(unix_events, "_DefaultEventLoopPolicy", None) or unix_events.DefaultEventLoopPolicy
    policy._loop_factory = EventLoop
    loop_of_thread = policy.get_event_loop

    def get_event_loop(self):
        # As in create_future: code that does not contain this name has called JavaScript.
        is_asked = "get_event_loop" in sys._getframe(1).f_code.co_names
        return loop_of_thread(self) if is_asked else loop_of_promises()

    policy.get_event_loop = get_event_loop
    pyodide.ffi.run_sync = run_sync
    for module in asyncio, unix_events:
        module.EventLoop = module.SelectorEventLoop = EventLoop
    return on_turn`;
