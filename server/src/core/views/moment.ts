/** A moment for people: `2026-11-20 14:03 UTC`. Core knows neither the place nor the hour of who reads it. */
export function formatMoment(timeMs: number): string {
  const text = new Date(timeMs).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** The first twelve digits of a commit. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}
