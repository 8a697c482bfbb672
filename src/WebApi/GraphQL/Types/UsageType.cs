using GraphQL.Types;
using QrAi.Application.Usage;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>What the caller has used.</summary>
internal sealed class UsageType : ObjectGraphType<UsageReport>
{
    public UsageType()
    {
        Name = "Usage";
        Description = "What calls of providers for the caller used within some days.";
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<UsageItemType>>>>("items")
            .Description("The sums by day or by model, sorted by it.")
            .Resolve(context => context.Source.Items);
        Field<NonNullGraphType<UsageTotalType>>("total")
            .Description("The sums of all items.")
            .Resolve(context => context.Source.Total);
    }
}

/// <summary>The sums of a day or a model.</summary>
internal sealed class UsageItemType : ObjectGraphType<UsageItem>
{
    public UsageItemType()
    {
        Name = "UsageItem";
        Description = "The sums of a day or a model.";
        Field<NonNullGraphType<StringGraphType>>("key")
            .Description("The day, such as `2026-11-28`, or the model, such as `provider/model`.")
            .Resolve(context => context.Source.Key);
        Field<NonNullGraphType<LongGraphType>>("questions")
            .Description("The number of questions and completions that ended.")
            .Resolve(context => context.Source.Questions);
        Field<NonNullGraphType<LongGraphType>>("promptTokens")
            .Description("Tokens that were sent.")
            .Resolve(context => context.Source.PromptTokens);
        Field<NonNullGraphType<LongGraphType>>("completionTokens")
            .Description("Tokens that were received.")
            .Resolve(context => context.Source.CompletionTokens);
        Field<DecimalGraphType>("cost")
            .Description("The cost in US dollars of the calls whose cost is known.")
            .Resolve(context => context.Source.Cost);
    }
}

/// <summary>The sums of all items.</summary>
internal sealed class UsageTotalType : ObjectGraphType<UsageTotal>
{
    public UsageTotalType()
    {
        Name = "UsageTotal";
        Description = "The sums of all items.";
        Field<NonNullGraphType<LongGraphType>>("questions")
            .Description("The number of questions and completions that ended.")
            .Resolve(context => context.Source.Questions);
        Field<NonNullGraphType<LongGraphType>>("promptTokens")
            .Description("Tokens that were sent.")
            .Resolve(context => context.Source.PromptTokens);
        Field<NonNullGraphType<LongGraphType>>("completionTokens")
            .Description("Tokens that were received.")
            .Resolve(context => context.Source.CompletionTokens);
        Field<DecimalGraphType>("cost")
            .Description("The cost in US dollars of the calls whose cost is known.")
            .Resolve(context => context.Source.Cost);
    }
}

/// <summary>What usage is summed by.</summary>
internal sealed class UsageGroupingType : EnumerationGraphType<UsageGrouping>
{
    public UsageGroupingType()
    {
        Name = "UsageGrouping";
        Description = "What usage is summed by.";
    }
}
