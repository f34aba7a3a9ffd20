// Several versions of Pyodide in one thread. Before 314, a version leaves the function that makes its module in a global
// variable, and uses the function that it finds there, also if another version has left it.

const NAME = "_createPyodideModule";
const scope = globalThis as Record<string, unknown>;

/** The function that a version has left there, by the function that loads this version. */
const factories = new Map<unknown, unknown>();

/** Before a load: gives the version that `load` loads its own function, and hides those of other versions from it. */
export function showFactory(load: unknown): void {
  const own = factories.get(load);
  if (own !== undefined) scope[NAME] = own;
  else if ([...factories.values()].includes(scope[NAME])) scope[NAME] = undefined;
}

/** When the module that `load` loads exists: notes its function. */
export function noteFactory(load: unknown): void {
  if (scope[NAME] !== undefined) factories.set(load, scope[NAME]);
}
