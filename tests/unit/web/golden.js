/** Reads the golden messages that the Python side reads too. */
import { readFileSync } from 'node:fs';

/** @param {string} name @returns {any} */
export const golden = (name) => JSON.parse(readFileSync(new URL(`../../contract/golden/${name}.json`, import.meta.url), 'utf8'));
