import { randomBytes } from "node:crypto";

// The chart leaves room for the sentence below it where the view is low.
const style = `
body { padding: 8px 12px; color: var(--vscode-foreground); }
svg { width: 100%; height: clamp(40px, 100vh - 4.6em - 8px, 96px); display: block; border-bottom: 1px solid var(--vscode-widget-border, currentColor); }
.bar { cursor: pointer; outline: none; }
.place { fill: transparent; }
.fill { fill: var(--vscode-charts-blue, currentColor); vector-effect: non-scaling-stroke; }
.shown .fill { fill: var(--vscode-charts-green, currentColor); }
.bar:hover .place { fill: var(--vscode-list-hoverBackground); }
.bar:focus .place { stroke: var(--vscode-focusBorder); stroke-width: 2; vector-effect: non-scaling-stroke; }
.vscode-high-contrast .fill { fill: none; stroke: var(--vscode-contrastBorder, currentColor); stroke-width: 1; }
.vscode-high-contrast .shown .fill { fill: currentColor; }
.vscode-high-contrast .bar:focus .place { stroke: var(--vscode-focusBorder, currentColor); }
.said { margin: 6px 0; min-height: 2.6em; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 2px 6px 2px 0; white-space: nowrap; }
details { overflow-x: auto; }
`;

/** The page of the build history: our script and our style, nothing else, from nowhere else. */
export function historyPage(scriptAddress: string, cspSource: string): string {
  const nonce = randomBytes(16).toString("hex");
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src ${cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">${style}</style>
</head>
<body>
<script src="${scriptAddress}"></script>
</body>
</html>`;
}
