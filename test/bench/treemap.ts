// The treemap's page from the server's answer to the painted drawing, in a real browser: `node test/bench/treemap.ts [runs]`.
import { anImage } from "../support/imageBuilder.ts";
import { analysisOf } from "../support/analysisOf.ts";
import { openTreemap } from "../media/treemapPage.ts";

const rectangles = 1000;

await main(Number(process.argv[2] ?? 5));

async function main(runs: number): Promise<void> {
  const shown = await openTreemap({ analysis: anImageOfMany(), width: 1400, height: 900 });
  if (typeof shown === "string") {
    console.log(`Nothing can be drawn here: ${shown}`);
    return;
  }
  const { page } = shown;
  const drawn = await page.locator(".leaf").count();
  const frames = await page.evaluate(async (times) => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const timed = async (act: () => void): Promise<number> => {
      await nextFrame();
      const startMs = performance.now();
      act();
      await nextFrame();
      await nextFrame();
      return performance.now() - startMs;
    };
    const colour = document.querySelector("select")!;
    const map = document.querySelector(".map")!;
    const redraws: number[] = [];
    const steps: number[] = [];
    const moves: number[] = [];
    for (let run = 0; run < times; run += 1) {
      redraws.push(
        await timed(() => {
          colour.selectedIndex = 1 - colour.selectedIndex;
          colour.dispatchEvent(new Event("change"));
        }),
      );
      steps.push(
        await timed(() =>
          map.dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown", bubbles: true })),
        ),
      );
      const leaf = document.querySelectorAll(".leaf")[run * 7]!;
      moves.push(
        await timed(() => leaf.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }))),
      );
    }
    return { redraws, steps, moves };
  }, runs);
  console.log(
    `${drawn} areas of at most ${rectangles} nodes, medians of ${runs}, two frames (33 ms) included`,
  );
  console.log(`drawn anew        ${median(frames.redraws).toFixed(1)} ms`);
  console.log(`a key to the next ${median(frames.steps).toFixed(1)} ms`);
  console.log(`pointer moved     ${median(frames.moves).toFixed(1)} ms`);
  await shown.close();
  process.exit();
}

/** More files than are drawn, in directories within directories. */
function anImageOfMany() {
  const files = Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [
      `usr/${index % 7}/${index % 31}/file-${index}.so`,
      String(Math.floor(3e8 / (index + 300))),
    ]),
  );
  return analysisOf("FROM scratch\nCOPY . /\n", anImage().layer(files));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
