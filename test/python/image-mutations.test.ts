// Broken images of Python are refused, wherever they are broken, even if the checksum fits.

import { describe, expect, it } from "vitest";
import { decodePythonImage } from "../../src/hosts/python/image/format.js";
import { ImageError } from "../../src/index.js";
import { smallImages, surviveImage } from "./image-mutations.js";

describe("a broken image of Python", () => {
  it("is refused at every length that is too short", async () => {
    for (const image of await smallImages()) {
      await decodePythonImage(image);
      for (let length = 0; length < image.length; length += length < 700 ? 1 : 997) {
        await expect(decodePythonImage(image.subarray(0, length)), `${length}`).rejects.toThrow(ImageError);
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
