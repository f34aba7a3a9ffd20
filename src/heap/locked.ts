// Objects whose members run under a lock: classes of handles, and the parts of a heap that several workers use.
//
// Members are taken from the classes themselves, so none can be forgotten. A generator holds the lock during each of its steps, not between
// them.

/** Runs an operation while this worker has the lock. */
export type Guard = <T>(operation: () => T) => T;

type Method = (this: unknown, ...args: unknown[]) => unknown;

const GENERATOR: unknown = Object.getPrototypeOf(function* () {});

/** The members of a prototype and of those that it inherits from, up to Object; the nearest ones, by name. */
function membersOf(prototype: object): Map<string | symbol, PropertyDescriptor> {
  const members = new Map<string | symbol, PropertyDescriptor>();
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) {
      if (name === "constructor" || members.has(name)) continue;
      members.set(name, Object.getOwnPropertyDescriptor(at, name) as PropertyDescriptor);
    }
  }
  return members;
}

/** A generator whose steps run under the lock. */
function* lockedSteps(steps: Iterator<unknown>, guard: Guard): IterableIterator<unknown> {
  try {
    for (let step = guard(() => steps.next()); !step.done; step = guard(() => steps.next())) yield step.value;
  } finally {
    guard(() => steps.return?.());
  }
}

function lockedMethod(method: Method, guard: Guard): Method {
  if (Object.getPrototypeOf(method) === GENERATOR) {
    return function (...args) {
      return lockedSteps(method.apply(this, args) as Iterator<unknown>, guard);
    };
  }
  return function (...args) {
    return guard(() => method.apply(this, args));
  };
}

/** The same member, with other functions: `wrap` makes them of its own. */
function wrappedMember({ value, get, set }: PropertyDescriptor, wrap: (method: Method) => Method): PropertyDescriptor {
  const shape = { configurable: true, enumerable: false };
  if (typeof value === "function") return { ...shape, writable: true, value: wrap(value as Method) };
  return { ...shape, ...(get && { get: wrap(get) }), ...(set && { set: wrap(set as Method) }) };
}

// biome-ignore lint/complexity/noBannedTypes: a class of handles, whatever its constructor takes
type AnyClass = Function & { readonly prototype: object };

/** A class derived from `base`, whose members run under the lock, except those named in `free`. */
export function lockedClass<C extends AnyClass>(base: C, guard: Guard, free: readonly string[]): C {
  const Locked = class extends (base as unknown as new (...args: readonly unknown[]) => object) {};
  Object.defineProperty(Locked, "name", { value: base.name });
  const wrap = (method: Method) => lockedMethod(method, guard);
  for (const [name, member] of membersOf(base.prototype))
    if (!free.includes(String(name))) Object.defineProperty(Locked.prototype, name, wrappedMember(member, wrap));
  return Locked as unknown as C;
}

/** An object with the members of `target`, which run on `target`, under the lock. */
export function lockedObject<T extends object>(target: T, guard: Guard): T {
  const locked = Object.create(Object.getPrototypeOf(target)) as T;
  const onTarget = (method: Method): Method => {
    const run = lockedMethod(method, guard);
    return (...args) => run.apply(target, args);
  };
  for (const [name, member] of membersOf(Object.getPrototypeOf(target)))
    Object.defineProperty(locked, name, wrappedMember(member, onTarget));
  for (const name of Object.keys(target) as (keyof T & string)[]) {
    Object.defineProperty(locked, name, {
      get: () => target[name],
      set: (value: T[typeof name]) => {
        target[name] = value;
      },
    });
  }
  return locked;
}
