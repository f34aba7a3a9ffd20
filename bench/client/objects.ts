// A WebAssembly client of the object layer: it makes and releases instances, with calls from wasm to wasm.

@external("heap", "PyType_GenericAlloc")
declare function genericAlloc(type: usize, items: u32): usize;
@external("heap", "Py_DecRef")
declare function decRef(o: usize): void;

/**
 * `n` times: makes an instance of the type, and releases it. Returns the number of instances that could not be made.
 */
export function instances(type: usize, n: u32): u32 {
  let missing: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const o = genericAlloc(type, 0);
    if (o == 0) missing++;
    else decRef(o);
  }
  return missing;
}
