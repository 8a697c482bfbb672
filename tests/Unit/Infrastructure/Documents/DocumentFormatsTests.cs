using System.Text;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class DocumentFormatsTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly TestClock _clock = new();

    [Test]
    public async Task Every_format_that_is_identified_has_a_reader()
    {
        var formats = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddDocumentFormats(TimeSpan.FromMinutes(1))
            .BuildServiceProvider()
            .GetRequiredService<IDocumentFormats>();
        foreach (var name in new[] { "a.txt", "a.md", "a.csv", "a.html" })
        {
            var content = "text"u8.ToArray();
            var document = await formats.ReadAsync(content, formats.Identify(content, name).ShouldNotBeNull(), default);
            document.Blocks.Single().Text.ShouldBe("text");
        }

        foreach (var mediaType in new[] { DocumentMediaTypes.Pdf, DocumentMediaTypes.Word })
            (await FailAsync(formats, mediaType)).Error.ShouldBe(DocumentError.Unreadable);
    }

    [Test]
    public async Task Another_media_type_is_a_fault_of_the_caller() =>
        await Should.ThrowAsync<ArgumentException>(() =>
            Formats(_ => Document).ReadAsync(default, "image/png", default)
        );

    [Test]
    public async Task Any_exception_of_a_library_means_that_the_file_is_damaged()
    {
        var failure = await FailAsync(Formats(_ => throw new FormatException("x")));

        failure.Error.ShouldBe(DocumentError.Unreadable);
        failure.InnerException.ShouldBeOfType<FormatException>();
    }

    [Test]
    public async Task Exhausted_memory_and_stack_mean_that_the_file_is_too_large()
    {
        (await FailAsync(Formats(_ => throw new InsufficientExecutionStackException()))).Error.ShouldBe(
            DocumentError.TooLarge
        );
        (await FailAsync(Formats(_ => new byte[int.MaxValue].Length > 0 ? Document : Document))).Error.ShouldBe(
            DocumentError.TooLarge
        );
    }

    [Test]
    public async Task The_reason_of_a_reader_stays() =>
        (await FailAsync(Formats(_ => throw new DocumentUnreadableException(DocumentError.Encrypted)))).Error.ShouldBe(
            DocumentError.Encrypted
        );

    [Test]
    public async Task Readers_have_a_large_stack() =>
        (await Formats(_ => Recurse(100_000) > 0 ? Document : Document).ReadAsync(default, "test", default)).ShouldBe(
            Document
        );

    [Test]
    public async Task A_reader_that_never_ends_is_abandoned_after_the_time_limit()
    {
        using var end = new ManualResetEventSlim();
        var (started, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        var reading = FailAsync(
            Formats(token =>
            {
                token.Register(cancelled.SetResult);
                started.SetResult();
                end.Wait(CancellationToken.None);
                return Document;
            })
        );
        await started.Task;

        reading.IsCompleted.ShouldBeFalse();
        await _clock.PassAsync(Timeout);

        (await reading).Error.ShouldBe(DocumentError.TimedOut);
        await cancelled.Task;
        end.Set();
    }

    [Test]
    public async Task Cancellation_by_the_caller_is_no_fault_of_the_file()
    {
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var reading = Formats(token =>
            {
                started.SetResult();
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return Document;
            })
            .ReadAsync(default, "test", source.Token);
        await started.Task;

        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    [Test]
    public async Task A_message_about_a_damaged_file_has_nothing_of_its_text()
    {
        var failure = await FailAsync(
            new DocumentFormats(
                DocumentRegistration.CreateReaders(DocumentLimits.Default),
                Timeout,
                TimeProvider.System
            ),
            DocumentMediaTypes.Pdf,
            "%PDF-1.7 secret"
        );

        failure.Message.ShouldNotContain("secret");
    }

    private static ExtractedDocument Document { get; } = new(null, []);

    private DocumentFormats Formats(Func<CancellationToken, ExtractedDocument> read) =>
        new([new ScriptedReader(read)], Timeout, _clock);

    private static Task<DocumentUnreadableException> FailAsync(
        IDocumentFormats formats,
        string mediaType = "test",
        string content = "x"
    ) =>
        Should.ThrowAsync<DocumentUnreadableException>(() =>
            formats.ReadAsync(Encoding.UTF8.GetBytes(content), mediaType, CancellationToken.None)
        );

    private static int Recurse(int depth) => depth == 0 ? 1 : Recurse(depth - 1) + 1;

    private sealed class ScriptedReader(Func<CancellationToken, ExtractedDocument> read) : IDocumentReader
    {
        public string MediaType => "test";

        public ExtractedDocument Read(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            read(cancellationToken);
    }
}
