using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using GraphQL;
using GraphQL.Execution;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Writes results of operations in pieces, so that no result is serialized in memory as a whole. A result of more than
/// <see cref="MaxLength"/> is replaced by an error before anything is sent.
/// </summary>
/// <param name="serializer">Writes errors.</param>
internal sealed class GraphQlResultWriter(IGraphQLTextSerializer serializer)
{
    /// <summary>The maximum size of a result, in bytes.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>The size of a piece, in bytes, or in characters of a text.</summary>
    private const int PieceLength = 16 * 1024;

    private static readonly JsonWriterOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Measures a result.</summary>
    /// <returns>The result and its length; an error instead of a result that is too large.</returns>
    public async Task<(ExecutionResult Result, int Length)> LimitSizeAsync(ExecutionResult result)
    {
        try
        {
            return (result, await MeasureAsync(result));
        }
        catch (ResponseTooLargeException exception)
        {
            var refusal = new ExecutionResult(new RejectedRequestError(ErrorMap.Describe(exception)))
            {
                Executed = true,
            };
            return (refusal, await MeasureAsync(refusal));
        }
    }

    /// <summary>Writes a result, and sends it.</summary>
    /// <exception cref="OperationCanceledException">If the caller disconnects.</exception>
    public async Task WriteAsync(ExecutionResult result, PipeWriter output, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(output, Json);
        await new Writing(json, serializer, async () => await output.FlushAsync(cancellationToken)).WriteAsync(result);
    }

    private async Task<int> MeasureAsync(ExecutionResult result)
    {
        var measure = new BoundedMeasure(MaxLength);
        await using var json = new Utf8JsonWriter(measure, Json);
        await new Writing(json, serializer, () => Task.CompletedTask).WriteAsync(result);
        return measure.Length;
    }

    /// <summary>Serializes a result, as https://spec.graphql.org/October2021/#sec-Response-Format defines it.</summary>
    private sealed class Writing(Utf8JsonWriter json, IGraphQLTextSerializer serializer, Func<Task> send)
    {
        private long _sent;

        public async Task WriteAsync(ExecutionResult result)
        {
            json.WriteStartObject();
            if (result.Errors is { Count: > 0 } errors)
            {
                json.WriteStartArray("errors"u8);
                foreach (var error in errors)
                {
                    json.WriteRawValue(serializer.Serialize(error), skipInputValidation: true);
                    await SendPieceAsync();
                }

                json.WriteEndArray();
            }

            if (result.Executed)
            {
                json.WritePropertyName("data"u8);
                await WriteAsync(result.Data as ExecutionNode);
            }

            json.WriteEndObject();
            await json.FlushAsync();
            await send();
        }

        private async ValueTask WriteAsync(ExecutionNode? node)
        {
            switch (node)
            {
                case ObjectExecutionNode { SubFields: { } fields }:
                    json.WriteStartObject();
                    foreach (var field in fields)
                    {
                        json.WritePropertyName(field.Name!);
                        await WriteAsync(field);
                    }

                    json.WriteEndObject();
                    break;
                case ArrayExecutionNode { Items: { } items }:
                    json.WriteStartArray();
                    foreach (var item in items)
                        await WriteAsync(item);
                    json.WriteEndArray();
                    break;
                case ValueExecutionNode value:
                    await WriteValueAsync(value.ToValue());
                    break;
                default:
                    json.WriteNullValue();
                    break;
            }

            await SendPieceAsync();
        }

        private async ValueTask WriteValueAsync(object? value)
        {
            if (value is not string text)
            {
                JsonSerializer.Serialize(json, value);
                return;
            }

            var start = 0;
            for (; text.Length - start > PieceLength; start += PieceLength)
            {
                json.WriteStringValueSegment(text.AsSpan(start, PieceLength), isFinalSegment: false);
                await SendPieceAsync();
            }

            json.WriteStringValueSegment(text.AsSpan(start), isFinalSegment: true);
        }

        private async ValueTask SendPieceAsync()
        {
            var written = json.BytesCommitted + json.BytesPending;
            if (written - _sent < PieceLength)
                return;
            _sent = written;
            await json.FlushAsync();
            await send();
        }
    }
}
