import type {
  ArchiveLook,
  ImageDescription,
  ImageError,
  Platform,
  ReadImage,
  StartSeries,
} from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import type { ContextRequest, ContextSnapshot, OpenBuildContext } from "../io/buildContext.ts";
import type { ContextRoot, ContextRootRequest } from "../io/buildContextRoot.ts";
import type { BuildRequest, TemporaryImage } from "../io/buildCompare.ts";
import type { DockerignoreFile, DockerignoreRequest } from "../io/dockerignoreFile.ts";
import type { ListedImage } from "../io/engineImages.ts";
import type { EngineLayers } from "../io/engineLayers.ts";
import type { OpenedImage } from "../io/imageSource.ts";
import type { RecordFiles } from "../io/recordFiles.ts";
import type { RegistryImage } from "../io/registryImage.ts";
import type { StartRequest, StartTrouble } from "../io/startTime.ts";

/** Whether and where a container engine may be asked. */
export interface EngineAccess {
  readonly isEnabled: boolean;
  /** Undefined to look in the usual places. */
  readonly endpoint: string | undefined;
}

/** Where and how images are asked for. */
export interface ImagePlace {
  /** Absolute folder that relative paths start from; undefined where there is none (an untitled file outside a workspace). */
  readonly baseFolder: string | undefined;
  readonly platform: string | undefined;
  readonly engine: EngineAccess;
  readonly limits: { readonly entries: number; readonly layerBytes: number };
  readonly cache: { readonly folder: string | undefined; readonly maximumBytes: number };
}

/** An image to be opened. Two requests with equal fields are the same image. */
export interface ImageRequest extends ImagePlace {
  /** As the user wrote it, in the one spelling of DESIGN §5. */
  readonly reference: string;
}

/** Takes back what was asked for: a timer, a watch. Safe to call twice. */
export type Stop = () => void;

/** The outside world of the server; tests hand in another one. Nothing in it throws or rejects: trouble is a `Result`. */
export interface Host {
  openImage(request: ImageRequest, signal: AbortSignal): Promise<Result<OpenedImage, ImageError>>;
  /** Only describes: for looking through many images. */
  describeImage(
    request: ImageRequest,
    signal: AbortSignal,
  ): Promise<Result<ImageDescription, ImageError>>;
  /** What is remembered of an image whose layers were all read before; undefined for any other. */
  readIndexed(request: ImageRequest, signal: AbortSignal): Promise<ReadImage | undefined>;
  /** Newest first. */
  listEngineImages(
    access: EngineAccess,
    signal: AbortSignal,
  ): Promise<Result<readonly ListedImage[], ImageError>>;
  /** The engine's images by layers; those in `known`, by image id, are not asked for theirs again. */
  listImageLayers(
    access: EngineAccess,
    known: ReadonlyMap<string, readonly string[]>,
    signal: AbortSignal,
  ): Promise<Result<EngineLayers, ImageError>>;
  /** References of image archives and OCI layouts below the folders; not every depth is looked at. */
  findArchives(folders: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Calls when images of the engine come, change or go, several changes at once as one. */
  watchEngine(access: EngineAccess, onChange: () => void): Stop;
  /** Calls when the file or folder that the reference names has changed and is at rest; does nothing for images of the engine. */
  watchFiles(request: ImageRequest, onChange: () => void): Stop;
  /** The `.dockerignore` that builds of a Dockerfile use, as it is on disk now. */
  readDockerignore(request: DockerignoreRequest): Promise<DockerignoreFile>;
  /** Which folder builds of a Dockerfile send, and who says so. */
  findContextRoot(request: ContextRootRequest): Promise<ContextRoot>;
  /** Reads a build context in the background, and calls with every new snapshot. */
  openContext(
    request: ContextRequest,
    onChange: (snapshot: ContextSnapshot) => void,
  ): OpenBuildContext;
  /** Whether ADD would unpack these files of a context, by path; those that cannot be opened are missing. */
  lookAtArchives(
    root: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ArchiveLook>>;
  /** Asks a registry, over the network: only to be called where the user allowed it. */
  lookUpInRegistry(
    name: string,
    platform: Platform,
    signal: AbortSignal,
  ): Promise<Result<RegistryImage, ImageError>>;
  /** For which platform builds are that are not told. */
  readonly platform: Platform;
  /** Builds an image under a name of our own: only to be called when the user asked for just that. The error is one sentence. */
  buildTemporaryImage(
    request: BuildRequest,
    signal: AbortSignal,
  ): Promise<Result<TemporaryImage, string>>;
  /** Starts and removes containers: only to be called when the user asked for just that. */
  measureStart(
    access: EngineAccess,
    request: StartRequest,
    signal: AbortSignal,
  ): Promise<Result<readonly StartSeries[], StartTrouble>>;
  /** Address of the page that explains a rule; undefined where the pages are not installed. */
  rulePage(code: string): string | undefined;
  /** Small texts that are kept in a folder. */
  openRecords(folder: string): RecordFiles;
  /** The commit that has been checked out since a moment where a file lies; undefined outside of git, and where another one was in between. */
  readGitCommit(path: string, sinceMs: number): Promise<string | undefined>;
  /** The clock, milliseconds since 1970. */
  nowMs(): number;
  /** Runs once after that many milliseconds, unless stopped. */
  after(delayMs: number, run: () => void): Stop;
  /** Where layer indexes are kept when the client names no folder; undefined to keep none. */
  readonly cacheFolder: string | undefined;
}
