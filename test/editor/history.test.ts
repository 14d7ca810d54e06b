import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { anImage, type ImageBuilder } from "../support/imageBuilder.ts";
import { frameWith } from "./support/webviewFrame.ts";
import { withWindow } from "./support/withEditor.ts";
import { aWorkspace, appImage, dockerfile } from "./support/workspace.ts";
import { untilText } from "./support/until.ts";

/** The image of `dockerfile`, its packages 2 MB heavier. */
function heavierImage(): ImageBuilder {
  return anImage()
    .base("usr/lib/libc.so 8MB")
    .layer("usr/bin/tool 6MB, var/lib/apt/lists/main 2MB", {
      createdBy: "RUN /bin/sh -c apt-get install -y tool # buildkit",
    })
    .layer("srv/app/server 1MB, srv/app/cache/index 3MB", {
      createdBy: "COPY app /srv/app # buildkit",
    })
    .layer(
      { "srv/app/.wh.cache": { size: 0 } },
      { createdBy: "RUN /bin/sh -c rm -r /srv/app/cache # buildkit" },
    )
    .emptyRow('CMD ["/srv/app/server"]')
    .settings({ cmd: ["/srv/app/server"] });
}

describe("a Dockerfile that is built twice", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    await workspace.writeOci("image", appImage());
  });

  test("the chart shows the first build as one bar", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilLine(3, "RUN apt-get install -y tool6 MB");
    await shown.command("Tare: Show the Build History");
    const chart = await frameWith(shown.page, "svg .bar");
    assert.equal(await chart.locator("svg .bar").count(), 1);
    await untilText(chart.locator("body"), "One build was seen");
  });

  test("after the second build the line says what it gained, and so does the status", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await workspace.writeOci("image", heavierImage());
    await shown.untilLine(3, "RUN apt-get install -y tool8 MB · +2 MB since the last build");
    await shown.untilLine(4, /^COPY app \/srv\/app4 MB · 3 MB wasted$/);
    const item = shown.page.locator(
      '.statusbar-item[id*="tare.total"] [aria-label*="since the build of"]',
    );
    assert.match(
      (await item.first().getAttribute("aria-label")) ?? "",
      /\+2 MB since the build of/,
    );
    await shown.photograph("history");
  });

  test("the chart has a bar for each build, the keyboard walks along them", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const chart = await frameWith(shown.page, "svg .bar:nth-of-type(2)");
    const bars = chart.locator("svg .bar");
    assert.equal(await bars.count(), 2);
    const heights = await bars
      .locator(".fill")
      .evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().height));
    const [first = 0, second = 0] = heights;
    assert.ok(Math.abs(first / second - 18 / 20) < 0.02, `${first} to ${second}`);
    await bars.last().focus();
    await shown.page.keyboard.press("ArrowLeft");
    await untilText(chart.locator(".said"), /^18 MB, no earlier build to compare with/);
    const focused = await chart.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    assert.match(focused ?? "", /^18 MB, no earlier build to compare with/);
    await chart.locator("summary").click();
    await untilText(chart.locator("table"), /20 MB\s+\+2 MB/);
  });

  test("a picked bar opens what grew since that build", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const chart = await frameWith(shown.page, "svg .bar");
    await chart.locator("svg .bar").first().press("Enter");
    const page = await frameWith(shown.page, "h3:has-text('18 MB → 20 MB')");
    const text = await page.locator("body").innerText();
    assert.match(text, /not to be found/);
    assert.match(text, /\+2 MB\s+RUN apt-get install -y tool/);
    assert.doesNotMatch(text, /COPY app/);
    await shown.photograph("history-compared");
  });
});
