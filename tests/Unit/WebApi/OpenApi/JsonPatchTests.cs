using System.Text.Json.Nodes;
using QrAi.WebApi.OpenApi;

namespace QrAi.Tests.Unit.WebApi.OpenApi;

public sealed class JsonPatchTests
{
    [TestCase("""{"a":1,"b":{"c":2}}""", """{"b":{"d":3}}""", """{"a":1,"b":{"c":2,"d":3}}""")]
    [TestCase("""{"a":1,"b":2}""", """{"b":null}""", """{"a":1}""")]
    [TestCase("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [TestCase("""{"a":1}""", """{"a":{"b":2}}""", """{"a":{"b":2}}""")]
    public void What_is_laid_over_changes_what_it_names(string target, string patch, string merged) =>
        Merge(target, patch).ShouldBe(merged);

    [Test]
    public void A_reference_takes_the_place_of_what_was_there() =>
        Merge("""{"a":{"b":1}}""", """{"a":{"$ref":"#/c"}}""").ShouldBe("""{"a":{"$ref":"#/c"}}""");

    [Test]
    public void A_null_within_what_is_new_stays() =>
        Merge("{}", """{"a":{"b":null}}""").ShouldBe("""{"a":{"b":null}}""");

    private static string Merge(string target, string patch) =>
        JsonPatch.Merge(JsonNode.Parse(target), JsonNode.Parse(patch))!.ToJsonString();
}
