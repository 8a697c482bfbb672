using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using QrAi.Application.Errors;
using QrAi.Application.Paging;

namespace QrAi.Tests.Unit.Application.Paging;

public sealed class CursorTests
{
    private const string List = "sessions?q=TOKYO";
    private static readonly DateTimeOffset Time = TestClock.Noon.AddTicks(1_234_560);
    private static readonly Guid Id = Guid.Parse("019ab0de-7c5f-7000-8000-0123456789ab");

    [Test]
    public void A_cursor_of_time_and_id_is_read_as_it_was_written()
    {
        var cursor = Cursor.Write(List, Time, Id);

        Cursor.ReadTimeAndId(List, cursor).ShouldBe((Time, Id));
        Cursor.Write(List, Time.ToOffset(TimeSpan.FromHours(9)), Id).ShouldBe(cursor);
    }

    [Test]
    public void A_cursor_can_have_any_time()
    {
        foreach (var time in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue })
            Cursor.ReadTimeAndId(List, Cursor.Write(List, time, Id)).ShouldBe((time, Id));
    }

    [Test]
    public void A_forged_cursor_with_an_invalid_time_is_rejected()
    {
        foreach (var ticks in new[] { -1, long.MinValue, DateTimeOffset.MaxValue.UtcTicks + 1, long.MaxValue })
            Rejected(() => Cursor.ReadTimeAndId(List, Forge(ticks)));
        Cursor.ReadTimeAndId(List, Forge(Time.UtcTicks)).ShouldBe((Time, Id), "It is created as genuine ones are.");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(int.MaxValue)]
    public void A_cursor_of_a_number_is_read_as_it_was_written(int number) =>
        Cursor.ReadNumber("messages/1", Cursor.Write("messages/1", number)).ShouldBe(number);

    [Test]
    public void A_cursor_needs_no_escaping_in_a_query() =>
        Enumerable
            .Range(0, 200)
            .Select(number => Cursor.Write(List, Time.AddDays(number), Id) + Cursor.Write(List, number))
            .ShouldAllBe(cursor => Uri.EscapeDataString(cursor) == cursor);

    [Test]
    public void A_cursor_of_another_list_is_rejected()
    {
        Rejected(() => Cursor.ReadTimeAndId("sessions?q=", Cursor.Write(List, Time, Id)));
        Rejected(() => Cursor.ReadNumber("messages/2", Cursor.Write("messages/1", 20)));
    }

    [Test]
    public void A_cursor_of_another_kind_is_rejected()
    {
        Rejected(() => Cursor.ReadNumber(List, Cursor.Write(List, Time, Id)));
        Rejected(() => Cursor.ReadTimeAndId(List, Cursor.Write(List, 20)));
    }

    [Test]
    public void A_cursor_with_a_changed_character_is_rejected()
    {
        var cursor = Cursor.Write("messages/1", 20);
        for (var i = 0; i < cursor.Length; i++)
        {
            var changed = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            Rejected(() => Cursor.ReadNumber("messages/1", changed));
        }
    }

    [Test]
    public void A_truncated_or_extended_cursor_is_rejected()
    {
        var cursor = Cursor.Write(List, Time, Id);
        for (var length = 0; length < cursor.Length; length++)
            Rejected(() => Cursor.ReadTimeAndId(List, cursor[..length]));
        Rejected(() => Cursor.ReadTimeAndId(List, cursor + "A"));
        Rejected(() => Cursor.ReadTimeAndId(List, cursor + cursor));
        Rejected(() => Cursor.ReadNumber(List, Cursor.Write(List, 20) + "AAAA"));
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("20")]
    [TestCase("garbage!")]
    [TestCase("日本語")]
    [TestCase("====")]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("\0\0\0\0")]
    [TestCase("../../etc/passwd")]
    public void Garbage_is_rejected(string cursor)
    {
        Rejected(() => Cursor.ReadNumber(List, cursor));
        Rejected(() => Cursor.ReadTimeAndId(List, cursor));
    }

    [Test]
    public void Long_garbage_is_rejected() => Rejected(() => Cursor.ReadNumber(List, new string('A', 1_000_000)));

    // Nothing in a cursor is secret: anyone can create one.
    private static string Forge(long ticks)
    {
        byte[] payload = [.. new byte[8], .. Id.ToByteArray()];
        BinaryPrimitives.WriteInt64BigEndian(payload, ticks);
        var checksum = SHA256.HashData([.. Encoding.UTF8.GetBytes(List), 0, .. payload])[..8];
        return Base64Url.EncodeToString([.. payload, .. checksum]);
    }

    private static void Rejected(Action read)
    {
        var (field, rules) = Should.Throw<InvalidRequestException>(read).Errors.ShouldHaveSingleItem();
        field.ShouldBe("cursor");
        rules.ShouldBe(["must be a nextCursor of this list"]);
    }
}
