using QrAi.Application.Errors;
using QrAi.Application.Sessions;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.Sessions;

/// <summary>Creating, reading and renaming a single session.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_new_session_is_stored_and_returned_as_stored()
    {
        var created = await _service.Sender.Send(new CreateSession(" Japan\n"));

        created.Title.ShouldBe("Japan");
        (created.MessageCount, created.CreatedAt, created.UpdatedAt).ShouldBe((0, TestClock.Noon, TestClock.Noon));
        _service.Database.Sessions.ShouldHaveSingleItem().Id.ShouldBe(created.Id);
        (await _service.Sender.Send(new GetSession(created.Id))).ShouldBe(created);
    }

    [Test]
    public async Task A_new_session_needs_no_title() =>
        (await _service.Sender.Send(new CreateSession(null))).Title.ShouldBe("New session");

    [Test]
    public async Task A_new_session_whose_confirmation_was_lost_is_stored_once()
    {
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.ConfirmationLost);

        var created = await _service.Sender.Send(new CreateSession("Japan"));

        _service.Database.Sessions.ShouldHaveSingleItem().Id.ShouldBe(created.Id);
    }

    [Test]
    public async Task A_session_is_read_by_its_id()
    {
        _service.Database.Add(A.Session().Titled("France"));
        var wanted = _service.Database.Add(A.Session().Titled("Japan").Answered(2));

        var read = await _service.Sender.Send(new GetSession(wanted.Id));

        read.ShouldBe(new SessionDto(wanted.Id, "Japan", 4, wanted.CreatedAt, wanted.UpdatedAt));
    }

    [Test]
    public async Task A_renamed_session_has_its_new_title_and_is_the_newest()
    {
        var session = _service.Database.Add(A.Session().Titled("Japan"));
        _service.Clock.Advance(TimeSpan.FromMinutes(1));

        var renamed = await _service.Sender.Send(new RenameSession(session.Id, "\tFrance "));

        renamed.ShouldBe(new SessionDto(session.Id, "France", 0, TestClock.Noon, TestClock.Noon.AddMinutes(1)));
        (await _service.Sender.Send(new GetSession(session.Id))).ShouldBe(renamed);
    }

    [Test]
    public async Task An_unknown_session_can_be_neither_read_nor_renamed()
    {
        _service.Database.Add(A.Session());
        var id = Guid.CreateVersion7();

        (await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new GetSession(id)))).Message.ShouldBe(
            $"There is no session {id}."
        );
        (
            await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new RenameSession(id, "Japan")))
        ).Message.ShouldBe($"There is no session {id}.");
    }
}
