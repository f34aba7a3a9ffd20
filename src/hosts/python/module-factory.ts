// Several versions of Pyodide in one thread. Before 314, a version's script stores the function that makes its module in
// a global variable. The version then calls the function that it finds in this variable, even if another version stored
// it there.

const NAME = "_createPyodideModule";
const scope = globalThis as Record<string, unknown>;

/** The function that a version stored in the variable, by the function that loads this version. */
const factories = new Map<unknown, unknown>();

/**
 * To be called before a load. Makes the version that `load` loads find its own function in the variable, and not the
 * function of another version.
 */
export function showFactory(load: unknown): void {
  const own = factories.get(load);
  const found = scope[NAME];
  if (own !== undefined) set(own);
  else if ([...factories.values()].includes(found)) hide(found);
}

const set = (value: unknown) =>
  Object.defineProperty(scope, NAME, { value, writable: true, configurable: true, enumerable: true });

/**
 * Makes the variable seem empty when it is read first, so that the version runs its script. If the script then stores no
 * function, the script has run before: `load` is another function for a version that was loaded already. So the function
 * that was found is the version's own, and the variable shows it from then on.
 */
function hide(found: unknown): void {
  let isLookedFor = false;
  const get = () => {
    const value = isLookedFor ? found : undefined;
    isLookedFor = true;
    return value;
  };
  Object.defineProperty(scope, NAME, { get, set, configurable: true, enumerable: true });
}

/** To be called when the module that `load` loads exists. Remembers the function that made it. */
export function noteFactory(load: unknown): void {
  if (scope[NAME] !== undefined) factories.set(load, scope[NAME]);
}
