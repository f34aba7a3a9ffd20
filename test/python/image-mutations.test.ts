// Broken images of Python are refused, wherever they are broken, even if the checksum fits.

import { describe, expect, it } from "vitest";
import { decodePythonImage } from "../../src/hosts/python/image/format.js";
import { openInFile } from "../../src/hosts/python/image/in-file.js";
import { ImageError } from "../../src/index.js";
import { inFile, smallImages, surviveImage } from "./image-mutations.js";

describe("an image of Python in a file", () => {
  it("is read in pieces, each page once, to where it belongs", async () => {
    const [image = new Uint8Array()] = await smallImages();
    const whole = await decodePythonImage(image);
    const expected = new Uint8Array(whole.metadata.info.memory);
    for (const { address, bytes } of whole.runs) expected.set(bytes, address);
    let most = 0;
    const file = inFile(image);
    const read = (at: number, into: Uint8Array) => {
      most = Math.max(most, into.length);
      file.read(at, into);
    };
    const { pages, ...rest } = openInFile({ ...file, read });
    expect(most).toBeLessThan(whole.runs.reduce((sum, { bytes }) => sum + bytes.length, 0));
    const memory = new Uint8Array(expected.length);
    for (const place of pages.places.keys()) pages.put(place, memory);
    pages.check(memory);
    expect(memory).toEqual(expected);
    expect(rest).toEqual({ metadata: whole.metadata, files: whole.files, base: whole.base });
    memory.fill(255, pages.places[0]?.address);
    expect(() => pages.check(memory)).toThrow("it is broken (its checksum does not match)");
  });
});

describe("a broken image of Python", () => {
  it("is refused at every length that is too short", async () => {
    for (const image of await smallImages()) {
      await decodePythonImage(image);
      for (let length = 0; length < image.length; length += length < 700 ? 1 : 997) {
        await expect(decodePythonImage(image.subarray(0, length)), `${length}`).rejects.toThrow(ImageError);
        expect(() => openInFile(inFile(image.subarray(0, length))), `${length}`).toThrow(ImageError);
      }
    }
  });

  it("is refused, or all of its pages lie within its memory: 1,000 of them (npm run fuzz -- --only python-image: 100,000)", async () => {
    const whole = await smallImages();
    const survival = { images: 0, refused: 0 };
    for (let seed = 1; seed <= 1000; seed++) await surviveImage(whole, seed, survival);
    // The checksum of the other half fits, and some of these images differ only in the content of a page.
    expect(survival.refused).toBeGreaterThan(500);
    expect(survival.refused).toBeLessThan(1000);
  });
});
