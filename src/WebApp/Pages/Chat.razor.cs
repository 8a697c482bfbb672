using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using QrAi.WebApp.Answers;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;
using QrAi.WebApp.Components;
using QrAi.WebApp.Text;

namespace QrAi.WebApp.Pages;

/// <summary>A chat: the questions and answers of a session, and the box for the next question.</summary>
public sealed partial class Chat : IAsyncDisposable
{
    private static readonly TimeSpan _renderPause = TimeSpan.FromMilliseconds(60);

    private readonly List<Entry> _entries = [];
    private CancellationTokenSource _following = new();
    private DotNetObjectReference<Chat>? _self;
    private ElementReference _view;
    private Composer? _composer;
    private Citation? _source;
    private Guid? _loaded;
    private bool _isFirst = true;
    private bool _isLoading;
    private bool _isToEnd;
    private bool _isToShow;
    private bool _usesDocuments = true;
    private long _lastRender;
    private string? _announcement;
    private string? _earlier; // the cursor of the messages before
    private Exception? _error;
    private ModelName? _model;
    private string? _title;

    /// <summary>The session; null for a new one.</summary>
    [Parameter]
    public Guid? SessionId { get; set; }

    // The service titles a new session with its question.
    private string? Heading =>
        _title ?? (_entries is [{ Question: { } question }, ..] ? question.Split('\n')[0] : null);

    private bool IsAnswering => _entries is [.., { Answer.HasEnded: false }];

    protected override void OnInitialized() => Keys.Changed += Reload;

    protected override async Task OnParametersSetAsync()
    {
        if (!_isFirst && _loaded == SessionId)
            return;
        _isFirst = false;
        await LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await Module.CallAsync("followEnd", _view);
            await Module.CallAsync("attachMarkdown", _view, _self);
        }

        if (!_isToEnd)
            return;
        _isToEnd = false;
        await Module.CallAsync("toEnd", _view);
    }

    /// <summary>Code was copied.</summary>
    [JSInvokable]
    public void Copied() => Notices.Show(Texts.Of("Copied"));

    /// <summary>A marker in a text was chosen.</summary>
    /// <param name="entry">The entry of the text.</param>
    /// <param name="number">The number of the marker.</param>
    [JSInvokable]
    public void OpenSource(string entry, int number)
    {
        _source = _entries.Find(one => one.Id.ToString() == entry)?.Answer?.Find(number);
        StateHasChanged();
    }

    public async ValueTask DisposeAsync()
    {
        Keys.Changed -= Reload;
        await _following.CancelAsync();
        _following.Dispose();
        _self?.Dispose();
    }

    private void Reload() => _ = InvokeAsync(LoadAsync);

    private async Task LoadAsync()
    {
        var (session, before) = (SessionId, _following);
        _following = new CancellationTokenSource();
        var loading = _following.Token;
        (_loaded, _error, _title, _source, _earlier) = (session, null, null, null, null);
        _isLoading = session is not null;
        _entries.Clear();
        await before.CancelAsync();
        before.Dispose();
        var (messages, title, error) = (new ItemPage<Message>([], null), default(string), default(Exception));
        try
        {
            if (session is { } id)
                (messages, title) = (await Api.ListMessagesAsync(id, null), (await Api.GetSessionAsync(id)).Title);
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException)
        {
            error = exception;
        }

        var pending = error is null ? await Pending.FindAsync(session) : null;
        if (loading.IsCancellationRequested)
            return; // another load has begun
        var isAsked = _entries.Count > 0; // a question, while this was loading
        _entries.InsertRange(0, Entry.Of(messages.Items));
        if (pending is not null && !isAsked)
            _entries.Add(new Entry(pending.Question.Text, new AnswerState()));
        (_title, _error, _earlier, _isLoading, _isToEnd) = (title, error, messages.NextCursor, false, true);
        StateHasChanged();
        if (IsAnswering && !isAsked)
            _ = FollowAsync(_entries[^1], pending);
    }

    private async Task LoadEarlierAsync()
    {
        if (SessionId is not { } session || _earlier is not { } cursor)
            return;
        try
        {
            var messages = await Api.ListMessagesAsync(session, cursor);
            if (_earlier != cursor)
                return; // another session, or a second click
            _entries.InsertRange(0, Entry.Of(messages.Items));
            _earlier = messages.NextCursor;
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException)
        {
            Notices.Show(Texts.OfError(exception), isError: true);
        }
    }

    private async Task AskAsync(string text)
    {
        if (IsAnswering)
            return;
        // Before anything is awaited, so that a second Enter asks nothing.
        var entry = new Entry(text, new AnswerState());
        _entries.Add(entry);
        _isToEnd = true;
        StateHasChanged();
        var pending = await Pending.AddAsync(
            new Question(text, SessionId, _model?.Provider, _model?.Model, _usesDocuments ? null : "none")
        );
        _ = FollowAsync(entry, pending);
    }

    private async Task FollowAsync(Entry entry, PendingQuestion? pending)
    {
        var answer = entry.Answer!;
        var following = _following.Token;
        try
        {
            await Follower.FollowAsync(
                answer,
                pending,
                () => InvokeAsync(() => ShowAsync(answer, following)),
                following
            );
            Changes.Raise();
            _announcement = answer.Status == "completed" ? Texts.Of("AnswerComplete") : null;
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
            // Another session is shown now; the answer is completed nonetheless.
        }
    }

    private async Task ShowAsync(AnswerState answer, CancellationToken following)
    {
        if (following.IsCancellationRequested)
            return;
        // A question that was asked before the page was loaded again may have reached the service then.
        if (answer.Id is { } id)
            _entries.RemoveAll(entry => entry.Answer is { } other && other != answer && other.Id == id);
        if (SessionId is null && answer.SessionId is { } created)
        {
            (SessionId, _loaded) = (created, created);
            if (_composer is not null)
                await _composer.MoveDraftAsync(created);
            Navigation.NavigateTo($"/sessions/{created}", replace: true);
            Changes.Raise();
        }

        if (answer.HasEnded || answer.IsReconnecting)
            StateHasChanged();
        else
            _ = ShowSoonAsync();
    }

    /// <summary>Renders at once if the last time is some while ago, else a little later, with what has come until then.</summary>
    private async Task ShowSoonAsync()
    {
        if (_isToShow)
            return;
        _isToShow = true;
        if (_renderPause - Clock.GetElapsedTime(_lastRender) is { Ticks: > 0 } pause)
            await Task.Delay(pause, Clock);
        (_isToShow, _lastRender) = (false, Clock.GetTimestamp());
        StateHasChanged();
    }

    private async Task StopAsync()
    {
        if (_entries is not [.., { Answer: { Id: { } id } answer }])
            return;
        try
        {
            answer.Load(await Api.CancelAsync(id));
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException)
        {
            Notices.Show(Texts.OfError(exception), isError: true);
        }
    }

    private Task EditAsync(string text) => _composer?.EditAsync(text) ?? Task.CompletedTask;
}
