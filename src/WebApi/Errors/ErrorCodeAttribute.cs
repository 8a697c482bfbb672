using System.ComponentModel.DataAnnotations;

namespace QrAi.WebApi.Errors;

/// <summary>A member that has the code of an error.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ErrorCodeAttribute() : AllowedValuesAttribute([.. ErrorKind.All.Select(kind => kind.Code)]);
