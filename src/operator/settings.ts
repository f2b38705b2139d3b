import { configJsonSchema } from "../config/json-schema.ts";
import type { Json } from "../domain/types.ts";

/** The JSON Schema of the config files, for editors. */
export const schema = (): Json => configJsonSchema();
