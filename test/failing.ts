// What an expectation says when it fails, for tests of matchers.

/** The message with which an expectation fails. Throws an error if it does not fail. */
export async function failing(expectation: () => unknown): Promise<string> {
  try {
    await expectation();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It did not fail");
}
