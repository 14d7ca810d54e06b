import type { ReadImage } from "../../image/image.ts";

const leastBytes = 100_000;
const leastShare = 0.01;

/** Whether bytes are worth a finding: 100 kB, or a hundredth of the image. */
export function isNoticeable({ layerContentBytes }: ReadImage, bytes: number): boolean {
  return bytes > 0 && bytes >= Math.min(leastBytes, layerContentBytes * leastShare);
}
