// An application written for OpenAI: the official package with another URL. Prints its results as JSON.
import { createRequire } from 'node:module';

const [packageFolder, baseURL, apiKey] = process.argv.slice(2);
const { OpenAI } = createRequire(import.meta.url)(packageFolder);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: 'user', content: '日本の首都は？' }];
const seen = {};

seen.models = (await client.models.list()).data.map(model => model.id);

const whole = await client.chat.completions.create({ model: seen.models[0], messages });
seen.whole = { text: whole.choices[0].message.content, reason: whole.choices[0].finish_reason, tokens: whole.usage.total_tokens };

const stream = await client.chat.completions.create({
  model: 'openrouter', messages, stream: true, stream_options: { include_usage: true },
});
seen.stream = { text: '', tokens: null };
for await (const chunk of stream) {
  const text = chunk.choices[0]?.delta.content;
  if (text) seen.stream.text += text;
  if (chunk.usage) seen.stream.tokens = chunk.usage.total_tokens;
}

// The helper of the package, which calls the tool and asks again with its result.
const runner = client.chat.completions.runTools({
  model: 'openrouter', messages, stream: true,
  tools: [{
    type: 'function',
    function: {
      name: 'population', parse: JSON.parse, parameters: { type: 'object', properties: { city: { type: 'string' } } },
      function: ({ city }) => { seen.tool = { city }; return '14 million'; },
    },
  }],
});
const answer = await runner.finalContent();
seen.tool = { ...seen.tool, answer };

try {
  await client.chat.completions.create({ model: 'nobody/nothing', messages });
} catch (error) {
  seen.error = { kind: error.constructor.name, status: error.status, code: error.code, type: error.type };
}

const retrying = new OpenAI({ baseURL, apiKey, maxRetries: 2 });
seen.retried = (await retrying.chat.completions.create({ model: 'openrouter', messages })).choices[0].message.content;

try {
  const broken = await client.chat.completions.create({ model: 'openrouter', messages, stream: true });
  for await (const chunk of broken) seen.broken = (seen.broken ?? '') + (chunk.choices[0]?.delta.content ?? '');
  seen.brokenError = null;
} catch (error) {
  seen.brokenError = error.code;
}

console.log(JSON.stringify(seen));
