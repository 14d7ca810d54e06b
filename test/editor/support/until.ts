import type { Locator } from "playwright-core";

/** A busy machine takes long to start an editor, and nothing is lost by waiting for what comes. */
export const patienceMs = 60_000;

/** Asks again until the answer is as wished; rejects with the last answer in words. */
export async function until<T>(
  ask: () => Promise<T>,
  isFine: (answer: T) => boolean,
  complain: (answer: T) => string,
  mostMs: number = patienceMs,
): Promise<T> {
  const deadline = Date.now() + mostMs;
  for (;;) {
    const answer = await ask();
    if (isFine(answer)) return answer;
    if (Date.now() > deadline) throw new Error(complain(answer));
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** The text of a part of the page when it has all of that; rejects with what stands there instead. */
export function untilText(part: Locator, ...wanted: readonly (string | RegExp)[]): Promise<string> {
  return until(
    () => part.innerText(),
    (text) =>
      wanted.every((one) => (typeof one === "string" ? text.includes(one) : one.test(text))),
    (text) => `${wanted.map(String).join(", ")} should stand in\n${text}`,
  );
}
