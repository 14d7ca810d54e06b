import assert from "node:assert/strict";
import { test } from "node:test";
import { treemapHtml } from "../../client/src/views/treemapHtml.ts";

const parts = {
  script: "https://file.vscode-resource.test/treemap.js",
  style: "https://file.vscode-resource.test/treemap.css",
  cspSource: "https://*.vscode-resource.test",
};

test("the treemap's page lets nothing in but its own script, by a nonce, and its own style", () => {
  const html = treemapHtml(parts);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  const [, nonce] = /'nonce-([0-9a-f]{32})'/.exec(policy ?? "") ?? [];
  assert.deepEqual(policy?.split("; "), [
    "default-src 'none'",
    "style-src https://*.vscode-resource.test",
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.deepEqual(html.match(/<script[^>]*>/g), [
    `<script nonce="${nonce}" src="${parts.script}">`,
  ]);
});

test("the page names no other address, has no code or style of its own, and a new nonce each time", () => {
  const html = treemapHtml(parts);
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
  assert.deepEqual(addresses, [parts.style, parts.script]);
  assert.doesNotMatch(html, /<style|style=|\son\w+=|<script[^>]*>[^<]/);
  assert.notEqual(treemapHtml(parts), html);
});
