// Runs the audits of GraphQL over HTTP against a server, and prints their results as JSON.
import { createRequire } from 'node:module';

const [packageFolder, url] = process.argv.slice(2);
const { auditServer } = createRequire(import.meta.url)(packageFolder);
const results = await auditServer({ url, fetchFn: fetch });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }))));
