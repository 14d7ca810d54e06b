/**
 * A short name of a text: equal for equal texts, and for texts a person writes never equal for others (64 bits and the length). Not fit to keep
 * out somebody who looks for two texts of one key. O(length).
 */
export function textKey(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + at), 0x85ebca6b);
    high ^= high >>> 13;
  }
  const hex = (part: number): string => (part >>> 0).toString(16).padStart(8, "0");
  return `${hex(low)}${hex(high)}-${text.length.toString(36)}`;
}
