import type { ImageError } from "../core/image/imageError.ts";
import type { Engine } from "./dockerEngine.ts";
import type { EngineFailure } from "./engineRequest.ts";

/** What an engine's refusal means for the user who asked for that image. */
export function toImageError(engine: Engine, name: string, failure: EngineFailure): ImageError {
  if (failure.isCancelled) return { code: "cancelled" };
  // 400 is the answer to a name that cannot be one.
  if (failure.status === 404 || failure.status === 400) {
    return { code: "image-not-found", reference: name, place: placeOf(engine) };
  }
  return { code: "engine-unreachable", endpoint: engine.address, reason: failure.reason };
}

/** `/images/NAME/history`, the parts of the name escaped. */
export function imagePath(name: string, what: "json" | "history" | "get"): string {
  const escaped = name.split("/").map(encodeURIComponent).join("/");
  return `/images/${escaped}/${what}`;
}

/** The engine as a place that holds images. */
export function placeOf(engine: Engine): string {
  return `the ${engine.kind === "podman" ? "Podman" : "Docker"} engine at ${engine.address}`;
}

/** Whether an API version such as `1.41` is that one or newer; API versions have had two digits since 2013. */
export function isAtLeast(apiVersion: string | undefined, version: number): boolean {
  return apiVersion !== undefined && /^1\.\d\d$/.test(apiVersion) && Number(apiVersion) >= version;
}
