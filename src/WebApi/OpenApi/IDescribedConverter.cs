using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>A JSON converter that describes the alternatives that it reads.</summary>
internal interface IDescribedConverter
{
    /// <summary>The schemas of the alternatives.</summary>
    IList<IOpenApiSchema> Describe();
}
