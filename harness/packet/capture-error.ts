import { UsageError, type ErrorDetails } from "../core/errors.ts";

/** A capture file that cannot be read as it is: says what is wrong with it, where, and the way out. */
export class CaptureError extends UsageError {
  constructor(message: string, file: string, details: Omit<ErrorDetails, "where"> = {}) {
    super(message, { where: file, ...details });
  }
}
