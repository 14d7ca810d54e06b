import type { CancellationToken } from "vscode-languageserver/node";
import { ErrorCodes, ResponseError } from "vscode-languageserver/node";
import type { Shape } from "./shapes.ts";
import { fits } from "./shapes.ts";
import type { Shield } from "./shield.ts";

/** Which requests are answered: those between the client's `initialize` and its `shutdown`, with params of the shape that their handler needs. */
export interface Requests {
  /** The handler inside the shield; a request that is not to be answered gets the error that LSP has for it, and the handler is not called. */
  answering<P, R>(
    wanted: Shape,
    fallback: R,
    handler: (params: P, token: CancellationToken) => R | Promise<R>,
  ): (params: P, token: CancellationToken) => R | Promise<R> | Refusal;
  /** Why a request for which there is no handler gets no answer. */
  unknown(method: string): Refusal;
  /** `initialize` came; why that is refused, where it came before. */
  begin(): Refusal | undefined;
  /** `shutdown` came; why that is refused, where it came too early or came before. */
  end(): Refusal | undefined;
}

/** An error without further data. */
type Refusal = ResponseError<never>;

/** Waits for `initialize`. */
export function createRequests(shield: Shield): Requests {
  let phase: "early" | "running" | "over" = "early";
  const refusal = (): Refusal | undefined => {
    switch (phase) {
      case "early":
        return new ResponseError(ErrorCodes.ServerNotInitialized, "initialize comes first");
      case "running":
        return undefined;
      case "over":
        return new ResponseError(ErrorCodes.InvalidRequest, "Nothing is answered after shutdown");
    }
  };
  return {
    answering(wanted, fallback, handler) {
      const answer = shield.answering(fallback, handler);
      return (params, token) => {
        const refused = refusal();
        if (refused !== undefined) return refused;
        return fits(wanted, params) ? answer(params, token) : wrongParams;
      };
    },
    unknown: (method) =>
      refusal() ?? new ResponseError(ErrorCodes.MethodNotFound, `Unhandled method ${method}`),
    begin() {
      if (phase !== "early") {
        return new ResponseError(ErrorCodes.InvalidRequest, "initialize comes once");
      }
      phase = "running";
      return undefined;
    },
    end() {
      const refused = refusal();
      if (refused === undefined) phase = "over";
      return refused;
    },
  };
}

const wrongParams: Refusal = new ResponseError(
  ErrorCodes.InvalidParams,
  "The params are not those of this request",
);
