import type { ImageError } from "../core/image/imageError.ts";
import { fail, type Result } from "../core/result.ts";
import { meetChallenge, parseChallenge, type Authorization } from "./registryAuth.ts";
import { findCredentials, type CredentialPlace } from "./registryCredentials.ts";
import { sendRequest, type HttpAnswer, type HttpFailure } from "./registryHttp.ts";
import { isLoopback, type RegistryName } from "./registryName.ts";

/** A question about one image's repository. */
export interface RegistryQuestion {
  readonly method: "GET" | "HEAD";
  /** Below `/v2/<repository>/`. */
  readonly path: string;
  readonly accept?: string;
  readonly maxBytes: number;
}

/** Asks registries, and knows their tokens for as long as they are good. */
export interface RegistryClient {
  /** The answer with status 200; anything else is an error. The signal ends it. */
  ask(
    name: RegistryName,
    question: RegistryQuestion,
    signal: AbortSignal,
  ): Promise<Result<HttpAnswer, ImageError>>;
}

/** What a client is given. */
export interface ClientOptions {
  readonly credentials: CredentialPlace;
  readonly nowMs: () => number;
}

/** A client without any token yet. */
export function createRegistryClient(options: ClientOptions): RegistryClient {
  const authorizations = new Map<string, Authorization>();
  const origins = new Map<string, string>();
  return {
    ask: async (name, question, signal) => {
      const answer = await askAuthorised(
        { options, authorizations, origins },
        name,
        question,
        signal,
      );
      if (!answer.ok) return fail(toFailure(name, question, answer.error));
      if (answer.value.status === 200) return answer;
      const isAnonymous = !authorizations.has(keyOf(name));
      return fail(toRefusal(name, answer.value, isAnonymous));
    },
  };
}

interface ClientState {
  readonly options: ClientOptions;
  /** By host and repository. */
  readonly authorizations: Map<string, Authorization>;
  /** By host, once one has answered. */
  readonly origins: Map<string, string>;
}

type Answer = Promise<Result<HttpAnswer, HttpFailure>>;

function keyOf({ host, repository }: RegistryName): string {
  return `${host}/${repository}`;
}

async function askAuthorised(
  state: ClientState,
  name: RegistryName,
  question: RegistryQuestion,
  signal: AbortSignal,
): Answer {
  const { authorizations, options } = state;
  const known = authorizations.get(keyOf(name));
  const isGood = known !== undefined && known.expiresMs > options.nowMs();
  const answer = await askOnce(state, name, question, isGood ? known : undefined, signal);
  if (!answer.ok || answer.value.status !== 401) return answer;
  authorizations.delete(keyOf(name));
  const authorization = await authorise(state, name, answer.value, signal);
  if (authorization === undefined) return answer;
  authorizations.set(keyOf(name), authorization);
  return askOnce(state, name, question, authorization, signal);
}

/** With the user's credentials, and without where these are refused: a public image needs none. */
async function authorise(
  { options }: ClientState,
  name: RegistryName,
  { headers }: HttpAnswer,
  signal: AbortSignal,
): Promise<Authorization | undefined> {
  const challenge = parseChallenge(headers.get("www-authenticate") ?? "");
  if (challenge === undefined) return undefined;
  const credentials = await findCredentials(name.registry, options.credentials, signal);
  const meet = (as: typeof credentials): Promise<Authorization | undefined> =>
    meetChallenge(challenge, name.repository, as, options.nowMs(), signal);
  return (await meet(credentials)) ?? (credentials === undefined ? undefined : meet(undefined));
}

/** Over TLS; this machine's own registries also without, as Docker does. */
async function askOnce(
  { origins }: ClientState,
  { host, repository }: RegistryName,
  { method, path, accept, maxBytes }: RegistryQuestion,
  authorization: Authorization | undefined,
  signal: AbortSignal,
): Answer {
  const headers = {
    ...(accept === undefined ? {} : { accept }),
    ...(authorization === undefined ? {} : { authorization: authorization.header }),
  };
  const send = (origin: string): Answer => {
    const url = new URL(`${origin}/v2/${repository}/${path}`);
    return sendRequest({ method, url, headers, maxBytes }, signal);
  };
  const known = origins.get(host);
  if (known !== undefined) return send(known);
  const possible = isLoopback(host) ? [`https://${host}`, `http://${host}`] : [`https://${host}`];
  let answer = await send(possible[0] ?? "");
  if (!answer.ok && possible[1] !== undefined && !signal.aborted) {
    const plain = await send(possible[1]);
    if (plain.ok) origins.set(host, possible[1]);
    answer = plain;
  }
  return answer;
}

function toFailure(
  { registry, text }: RegistryName,
  { path }: RegistryQuestion,
  { kind, reason }: HttpFailure,
): ImageError {
  return kind === "too-long"
    ? { code: "limit-exceeded", limit: reason, where: `${path} of ${text}` }
    : unreachable(registry, reason);
}

function toRefusal(
  { registry, text }: RegistryName,
  { status, headers }: HttpAnswer,
  isAnonymous: boolean,
): ImageError {
  switch (status) {
    case 404:
      return { code: "image-not-found", reference: text, place: registry };
    case 401:
    case 403: {
      const login = isAnonymous ? "without a login" : "with this login";
      return { code: "image-not-found", reference: text, place: `what ${registry} shows ${login}` };
    }
    case 429:
      return unreachable(registry, tooMany(headers.get("retry-after")));
    default:
      return unreachable(registry, `it answers with status ${status}`);
  }
}

function tooMany(retryAfter: string | null): string {
  const seconds = /^\d{1,6}$/.exec(retryAfter ?? "")?.[0];
  const wait = seconds === undefined ? "" : ` and asks to wait ${seconds} s`;
  return `it was asked too often${wait}`;
}

function unreachable(endpoint: string, reason: string): ImageError {
  return { code: "engine-unreachable", endpoint, reason, service: "registry" };
}

/** An error that says that there was no answer within the time. */
export function lateAnswer({ registry }: RegistryName, timeoutMs: number): ImageError {
  return unreachable(registry, `no answer within ${timeoutMs / 1000} s`);
}
