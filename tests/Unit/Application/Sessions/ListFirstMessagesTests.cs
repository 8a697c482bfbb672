using QrAi.Application.Sessions;

namespace QrAi.Tests.Unit.Application.Sessions;

public sealed class ListFirstMessagesTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task The_first_messages_of_each_given_session_are_listed_and_whether_there_are_more()
    {
        var few = _service.Database.Add(A.Session().Answered(1));
        var many = _service.Database.Add(A.Session().Answered(3));
        var none = _service.Database.Add(A.Session());
        _service.Database.Add(A.Session().Answered(1)); // not requested

        var pages = await _service.Sender.Send(new ListFirstMessages([few.Id, many.Id, none.Id], 2));

        pages.Keys.ShouldBe([few.Id, many.Id], ignoreOrder: true);
        pages[few.Id].Items.Select(message => message.Content).ShouldBe(["Q1", "A1"]);
        pages[few.Id].NextCursor.ShouldBeNull();
        pages[many.Id].Items.Select(message => message.Content).ShouldBe(["Q1", "A1"]);
        pages[many.Id].NextCursor.ShouldNotBeNull();
    }
}
