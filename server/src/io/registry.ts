import type { Platform } from "../core/image/imageConfig.ts";
import { formatPlatform } from "../core/image/imageConfig.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { fail, type Result } from "../core/result.ts";
import { openRegistryCache } from "./registryCache.ts";
import { createRegistryClient, lateAnswer } from "./registryClient.ts";
import type { CredentialPlace } from "./registryCredentials.ts";
import { readRegistryImage, type RegistryImage, type RegistryReading } from "./registryImage.ts";
import { parseRegistryName, type RegistryName } from "./registryName.ts";
import { createSlots, type Slots } from "./registrySlots.ts";

/** What looking images up in registries is done with. */
export interface RegistryOptions extends CredentialPlace {
  /** Where manifests and configs are kept; undefined for nowhere. */
  readonly cacheFolder: string | undefined;
  readonly nowMs: () => number;
  /** For one look-up, with all its requests; 15 s unless told. */
  readonly timeoutMs?: number;
}

/**
 * Images in registries, by name. Nothing is asked but what `lookUp` is called for: whether that is allowed (setting `tare.registry`) is the
 * caller's to know. No layer is ever fetched.
 */
export interface Registries {
  /**
   * What a registry says of an image for a platform. The same answer again within ten minutes, the same failure within one, costs nothing;
   * callers at the same time share one look-up, which ends when the last of them leaves.
   */
  lookUp(
    name: string,
    platform: Platform,
    signal: AbortSignal,
  ): Promise<Result<RegistryImage, ImageError>>;
}

type Outcome = Result<RegistryImage, ImageError>;

const freshMs = 10 * 60_000;
const failureMs = 60_000;
const defaultTimeoutMs = 15_000;
const maxRemembered = 1000;
/** At a time: a file with many stages must not look like an attack. */
const maxLookUps = 4;

/** Registries of which nothing is known yet. */
export function openRegistries(options: RegistryOptions): Registries {
  const { nowMs, cacheFolder } = options;
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const reading: RegistryReading = {
    client: createRegistryClient({ credentials: options, nowMs }),
    cache: openRegistryCache(cacheFolder),
    nowMs,
  };
  const slots = createSlots(maxLookUps);
  const remembered = new Map<string, { readonly outcome: Outcome; readonly untilMs: number }>();
  const running = new Map<string, SharedLookUp>();
  const remember = (key: string, outcome: Outcome): void => {
    if (!outcome.ok && outcome.error.code === "cancelled") return;
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, { outcome, untilMs: nowMs() + (outcome.ok ? freshMs : failureMs) });
  };
  return {
    lookUp: async (text, platform, signal) => {
      const name = parseRegistryName(text);
      if (name === undefined) {
        return fail({ code: "image-not-found", reference: text, place: "any registry" });
      }
      const key = `${name.text} ${formatPlatform(platform)}`;
      const known = remembered.get(key);
      if (known !== undefined && known.untilMs > nowMs()) return known.outcome;
      const shared = running.get(key);
      if (shared !== undefined && !shared.ending.signal.aborted) return join(shared, signal);
      const own = startLookUp({ reading, slots, timeoutMs }, name, platform);
      running.set(key, own);
      void own.outcome.then((outcome) => {
        if (running.get(key) === own) running.delete(key);
        remember(key, outcome);
      });
      return join(own, signal);
    },
  };
}

interface LookUpMeans {
  readonly reading: RegistryReading;
  readonly slots: Slots;
  /** From when it begins, not while it waits for others. */
  readonly timeoutMs: number;
}

/** A look-up that several callers wait for. */
interface SharedLookUp {
  readonly outcome: Promise<Outcome>;
  readonly ending: AbortController;
  waiting: number;
}

function startLookUp(
  { reading, slots, timeoutMs }: LookUpMeans,
  name: RegistryName,
  platform: Platform,
): SharedLookUp {
  const ending = new AbortController();
  const look = async (): Promise<Outcome> => {
    const late = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([ending.signal, late]);
    const read = await readRegistryImage(reading, name, normalised(platform), signal);
    return !read.ok && late.aborted ? fail(lateAnswer(name, timeoutMs)) : read;
  };
  const outcome = slots
    .run(look, ending.signal)
    .then((read) =>
      read === undefined || (!read.ok && ending.signal.aborted)
        ? fail({ code: "cancelled" } as const)
        : read,
    );
  return { outcome, ending, waiting: 0 };
}

/** Waits for the outcome for as long as the caller wants it. */
function join(shared: SharedLookUp, signal: AbortSignal): Promise<Outcome> {
  shared.waiting += 1;
  return new Promise((resolve) => {
    const leave = (): void => {
      shared.waiting -= 1;
      if (shared.waiting === 0) shared.ending.abort();
      resolve(fail({ code: "cancelled" }));
    };
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    void shared.outcome.then((outcome) => {
      signal.removeEventListener("abort", leave);
      resolve(outcome);
    });
  });
}

/** Registries list arm64 with its variant or without; both mean the same. containerd platforms. */
function normalised(platform: Platform): Platform {
  const { os, architecture, variant } = platform;
  return architecture === "arm64" && variant === "v8" ? { os, architecture } : platform;
}
