import { dirname, join } from "node:path";
import { toFolder } from "../../server/src/core/context/folderEntries.ts";
import type { ContextListing } from "../../server/src/core/context/listing.ts";
import type { ImageDescription, ReadImage } from "../../server/src/core/image/image.ts";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import type { Platform } from "../../server/src/core/image/imageConfig.ts";
import { fail, succeed } from "../../server/src/core/result.ts";
import type { BuildRequest } from "../../server/src/io/buildCompare.ts";
import type { ImageLayers } from "../../server/src/io/engineLayers.ts";
import type { RecordFiles } from "../../server/src/io/recordFiles.ts";
import type { ListedImage } from "../../server/src/io/engineImages.ts";
import type { RegistryImage } from "../../server/src/io/registryImage.ts";
import type { OpenedImage, ReadProgress } from "../../server/src/io/imageSource.ts";
import type { Host, ImageRequest } from "../../server/src/lsp/host.ts";
import { anImage, type ImageBuilder } from "./imageBuilder.ts";

/** A world that a test changes as it goes: images by reference, listeners that it calls. */
export interface FakeHost extends Host {
  /** Images that there are, by reference. */
  readonly images: Map<string, ImageBuilder | ImageError>;
  readonly archives: string[];
  /** What building a text gives: an image, what goes wrong, or `never ends`. */
  readonly builds: Map<string, ImageBuilder | string>;
  /** Files called `.dockerignore`, by absolute path. */
  readonly ignoreFiles: Map<string, string>;
  /** Files of build contexts, by the folder they lie in; a folder without is empty. */
  readonly contexts: Map<string, ContextListing>;
  /** Compressed bytes of images in registries, by name. */
  readonly registry: Map<string, number>;
  /** Names that registries were asked for, in order. */
  readonly askedRegistry: string[];
  /** Folders whose files are being counted now. */
  readonly openContexts: Set<string>;
  /** The files of a context are others now. */
  contextChanges(folder: string, listing: ContextListing): void;
  /** Every request to open or describe an image, in order. */
  readonly opened: ImageRequest[];
  /** References of images whose layers were all read before. */
  readonly indexed: Set<string>;
  /** Images that were closed again. */
  closedCount: number;
  /** Reads that were stopped by their signal. */
  abortedCount: number;
  /** Engines that are being listened to now. */
  watchedEngines: number;
  watchedFiles: number;
  /** Images of the engine by layers; undefined for an engine that does not answer. */
  imageLayers: readonly ImageLayers[] | undefined;
  /** Texts that are kept, by subject. */
  readonly records: Map<string, string>;
  /** What is checked out everywhere. */
  commit: string | undefined;
  /** When it was checked out. */
  commitSinceMs: number;
  /** The time. */
  clockMs: number;
  /** Reads wait until this is resolved; set anew by `holdReads`. */
  holdReads(): () => void;
  engineChanges(): void;
  filesChange(reference: string): void;
  /** Progress that a held read reports first. */
  progress: ReadProgress | undefined;
}

/** A world with the given images, and timers that run `speed` times as fast. */
export function fakeHost(
  images: Readonly<Record<string, ImageBuilder | ImageError>> = {},
  speed = 10,
): FakeHost {
  const engineListeners = new Set<() => void>();
  const fileListeners = new Map<() => void, string>();
  let gate = Promise.resolve();
  const world: FakeHost = {
    images: new Map(Object.entries(images)),
    archives: [],
    builds: new Map(),
    ignoreFiles: new Map(),
    contexts: new Map(),
    registry: new Map(),
    askedRegistry: [],
    openContexts: new Set(),
    opened: [],
    indexed: new Set(),
    closedCount: 0,
    abortedCount: 0,
    progress: undefined,
    imageLayers: undefined,
    records: new Map(),
    commit: undefined,
    commitSinceMs: 0,
    clockMs: Date.UTC(2026, 0, 2, 3, 4),
    get watchedEngines() {
      return engineListeners.size;
    },
    get watchedFiles() {
      return fileListeners.size;
    },
    cacheFolder: undefined,
    readDockerignore: async ({ dockerfilePath, contextFolder }) => {
      const path = join(contextFolder ?? dirname(dockerfilePath), ".dockerignore");
      return { path, text: world.ignoreFiles.get(path), isKnown: true };
    },
    ...contextWorld(() => world),
    buildTemporaryImage: (request, signal) => builtBy(world, request, signal),
    measureStart: async () =>
      fail({ code: "engine-unreachable", endpoint: "nowhere", reason: "no socket there" }),
    rulePage: (code) => `file:///pages/${code}.md`,
    openImage: async (request) => {
      world.opened.push(request);
      const found = findImage(world, request);
      return "code" in found ? fail(found) : succeed(openedOf(world, found, gate));
    },
    describeImage: async (request) => {
      const found = findImage(world, request);
      return "code" in found ? fail(found) : succeed(found.describe({ withHistoryBytes: true }));
    },
    readIndexed: async (request) => {
      const found = findImage(world, request);
      if ("code" in found) return undefined;
      const { reference } = found.describe({ withHistoryBytes: true });
      return world.indexed.has(reference) ? found.read() : undefined;
    },
    listEngineImages: async () => {
      const unreachable = [...world.images.values()].find(
        (image): image is ImageError => "code" in image && image.code === "engine-unreachable",
      );
      return unreachable === undefined ? succeed(listed(world)) : fail(unreachable);
    },
    listImageLayers: async () =>
      world.imageLayers === undefined
        ? fail({ code: "engine-unreachable", endpoint: "nowhere", reason: "no socket there" })
        : succeed({ images: world.imageLayers, isComplete: true }),
    openRecords: () => recordsOf(world),
    readGitCommit: async (_, sinceMs) =>
      world.commitSinceMs <= sinceMs ? world.commit : undefined,
    nowMs: () => world.clockMs,
    findArchives: async () => world.archives,
    watchEngine: (_, onChange) => {
      const listener = () => onChange();
      engineListeners.add(listener);
      return () => engineListeners.delete(listener);
    },
    watchFiles: ({ reference }, onChange) => {
      const listener = () => onChange();
      fileListeners.set(listener, reference);
      return () => fileListeners.delete(listener);
    },
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs / speed);
      return () => clearTimeout(timer);
    },
    holdReads() {
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => open();
    },
    engineChanges: () => engineListeners.forEach((listener) => listener()),
    filesChange: (changed) =>
      fileListeners.forEach((reference, listener) => reference === changed && listener()),
  };
  return world;
}

function recordsOf({ records }: FakeHost): RecordFiles {
  return {
    read: async (subject) => records.get(subject),
    async update(subject, change) {
      const wanted = change(records.get(subject));
      if (wanted.kind === "keep") return { kind: "kept" };
      records.set(subject, wanted.text);
      return { kind: "written", setAside: wanted.isDamaged ? "/records/damaged" : undefined };
    },
    forget: async (subject) => void records.delete(subject),
  };
}

const emptyListing: ContextListing = { root: toFolder([], undefined), entryCount: 0 };

/** Build contexts and registries of a world. */
function contextWorld(
  worldOf: () => FakeHost,
): Pick<
  FakeHost,
  | "findContextRoot"
  | "openContext"
  | "lookAtArchives"
  | "lookUpInRegistry"
  | "platform"
  | "contextChanges"
> {
  const listeners = new Map<() => void, string>();
  return {
    platform: { os: "linux", architecture: "amd64" },
    findContextRoot: async ({ dockerfilePath, directive, setting, workspaceFolder = "" }) => {
      const own = dirname(dockerfilePath);
      const found =
        directive === undefined
          ? setting === undefined
            ? { folder: own, source: "dockerfile" as const }
            : { folder: join(workspaceFolder, setting), source: "setting" as const }
          : { folder: join(own, directive), source: "directive" as const };
      return { ...found, composeFile: undefined, others: [] };
    },
    openContext: ({ root }, onChange) => {
      const world = worldOf();
      const snapshot = () => {
        const listing = world.contexts.get(root) ?? emptyListing;
        const ignorePath = join(root, ".dockerignore");
        return { listing, ignoreText: world.ignoreFiles.get(ignorePath), ignorePath };
      };
      let isRead = false;
      const publish = (): void => {
        isRead = true;
        if (world.openContexts.has(root)) onChange(snapshot());
      };
      world.openContexts.add(root);
      listeners.set(publish, root);
      setTimeout(publish, 5);
      return {
        snapshot: () => (isRead ? snapshot() : undefined),
        noteChanges: () => undefined,
        settled: async () => undefined,
        close: () => {
          world.openContexts.delete(root);
          listeners.delete(publish);
        },
      };
    },
    lookAtArchives: async (_, paths) =>
      new Map(
        paths.map((path) => [
          path,
          path.endsWith(".tar") ? ("archive" as const) : ("file" as const),
        ]),
      ),
    lookUpInRegistry: async (name, platform) => {
      const world = worldOf();
      world.askedRegistry.push(name);
      const transferBytes = world.registry.get(name);
      return transferBytes === undefined
        ? fail({ code: "image-not-found", reference: name, place: "the test registry" })
        : succeed(registryImage(name, platform, transferBytes));
    },
    contextChanges(folder, listing) {
      worldOf().contexts.set(folder, listing);
      listeners.forEach((root, publish) => root === folder && publish());
    },
  };
}

function registryImage(name: string, platform: Platform, transferBytes: number): RegistryImage {
  const { config, imageId } = anImage().platform(platform).describe();
  return {
    name,
    digest: imageId,
    manifestDigest: imageId,
    platform,
    layers: [],
    transferBytes,
    config,
    askedMs: Date.UTC(2026, 0, 2),
  };
}

/** Builds nothing: the image of that text, or what goes wrong, was put there by the test. */
async function builtBy(
  world: FakeHost,
  { text, onLine }: BuildRequest,
  signal: AbortSignal,
): ReturnType<Host["buildTemporaryImage"]> {
  const made = world.builds.get(text);
  onLine(`building ${text.length} characters`);
  if (made === "never ends") await aborted(signal);
  if (signal.aborted) return fail("The build was cancelled.");
  if (made === undefined || typeof made === "string") return fail(made ?? "The build failed: no.");
  const reference = `tare-compare:${world.images.size}`;
  world.images.set(reference, made);
  return succeed({
    reference,
    remove: async () => {
      world.images.delete(reference);
      return undefined;
    },
  });
}

function findImage(world: FakeHost, { reference }: ImageRequest): ImageBuilder | ImageError {
  const byId = [...world.images.values()].find(
    (image) => !("code" in image) && image.describe().imageId === reference,
  );
  const missing = { code: "image-not-found", reference, place: "the test engine" } as const;
  return world.images.get(reference) ?? byId ?? missing;
}

function listed(world: FakeHost): readonly ListedImage[] {
  return [...world.images].flatMap(([reference, image]) =>
    "code" in image || reference.includes("/")
      ? []
      : [
          {
            reference,
            imageId: image.describe().imageId,
            sizeBytes: image.read().layerContentBytes,
            createdMs: undefined,
          },
        ],
  );
}

function openedOf(world: FakeHost, image: ImageBuilder, gate: Promise<void>): OpenedImage {
  const description: ImageDescription = image.describe({ withHistoryBytes: true });
  return {
    description,
    async read({ signal, onProgress }) {
      if (world.progress !== undefined) onProgress?.(world.progress);
      await Promise.race([gate, aborted(signal)]);
      if (signal.aborted) {
        world.abortedCount += 1;
        return fail({ code: "cancelled" });
      }
      const read: ReadImage = image.read();
      return succeed({ ...read, description });
    },
    readFile: async () => succeed({ kind: "absent" }),
    async close() {
      world.closedCount += 1;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
