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
    public void A_cursor_of_time_and_id_comes_back_as_it_was()
    {
        var cursor = Cursor.Write(List, Time, Id);

        Cursor.ReadTimeAndId(List, cursor).ShouldBe((Time, Id));
        Cursor.Write(List, Time.ToOffset(TimeSpan.FromHours(9)), Id).ShouldBe(cursor);
    }

    [Test]
    public void Every_time_can_stand_in_a_cursor()
    {
        foreach (var time in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue })
            Cursor.ReadTimeAndId(List, Cursor.Write(List, time, Id)).ShouldBe((time, Id));
    }

    [Test]
    public void A_cursor_that_was_made_elsewhere_with_a_time_that_does_not_exist_is_refused()
    {
        foreach (var ticks in new[] { -1, long.MinValue, DateTimeOffset.MaxValue.UtcTicks + 1, long.MaxValue })
            Refused(() => Cursor.ReadTimeAndId(List, Forge(ticks)));
        Cursor.ReadTimeAndId(List, Forge(Time.UtcTicks)).ShouldBe((Time, Id), "it is made as ours are");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(int.MaxValue)]
    public void A_cursor_of_a_number_comes_back_as_it_was(int number) =>
        Cursor.ReadNumber("messages/1", Cursor.Write("messages/1", number)).ShouldBe(number);

    [Test]
    public void A_cursor_can_stand_in_a_query_as_it_is() =>
        Enumerable
            .Range(0, 200)
            .Select(number => Cursor.Write(List, Time.AddDays(number), Id) + Cursor.Write(List, number))
            .ShouldAllBe(cursor => Uri.EscapeDataString(cursor) == cursor);

    [Test]
    public void A_cursor_of_another_list_is_refused()
    {
        Refused(() => Cursor.ReadTimeAndId("sessions?q=", Cursor.Write(List, Time, Id)));
        Refused(() => Cursor.ReadNumber("messages/2", Cursor.Write("messages/1", 20)));
    }

    [Test]
    public void A_cursor_of_another_kind_is_refused()
    {
        Refused(() => Cursor.ReadNumber(List, Cursor.Write(List, Time, Id)));
        Refused(() => Cursor.ReadTimeAndId(List, Cursor.Write(List, 20)));
    }

    [Test]
    public void A_cursor_with_a_changed_character_is_refused()
    {
        var cursor = Cursor.Write("messages/1", 20);
        for (var i = 0; i < cursor.Length; i++)
        {
            var changed = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            Refused(() => Cursor.ReadNumber("messages/1", changed));
        }
    }

    [Test]
    public void A_cursor_that_was_cut_or_went_on_is_refused()
    {
        var cursor = Cursor.Write(List, Time, Id);
        for (var length = 0; length < cursor.Length; length++)
            Refused(() => Cursor.ReadTimeAndId(List, cursor[..length]));
        Refused(() => Cursor.ReadTimeAndId(List, cursor + "A"));
        Refused(() => Cursor.ReadTimeAndId(List, cursor + cursor));
        Refused(() => Cursor.ReadNumber(List, Cursor.Write(List, 20) + "AAAA"));
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
    public void Garbage_is_refused(string cursor)
    {
        Refused(() => Cursor.ReadNumber(List, cursor));
        Refused(() => Cursor.ReadTimeAndId(List, cursor));
    }

    [Test]
    public void Very_much_garbage_is_refused() => Refused(() => Cursor.ReadNumber(List, new string('A', 1_000_000)));

    // Nothing in a cursor is secret: anybody can make one.
    private static string Forge(long ticks)
    {
        byte[] payload = [.. new byte[8], .. Id.ToByteArray()];
        BinaryPrimitives.WriteInt64BigEndian(payload, ticks);
        var checksum = SHA256.HashData([.. Encoding.UTF8.GetBytes(List), 0, .. payload])[..8];
        return Base64Url.EncodeToString([.. payload, .. checksum]);
    }

    private static void Refused(Action read)
    {
        var (field, rules) = Should.Throw<InvalidRequestException>(read).Errors.ShouldHaveSingleItem();
        field.ShouldBe("cursor");
        rules.ShouldBe(["must be a nextCursor of this list"]);
    }
}
