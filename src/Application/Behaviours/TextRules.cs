using FluentValidation;
using QrAi.Domain.Text;

namespace QrAi.Application.Behaviours;

/// <summary>Rules that validators share.</summary>
internal static class TextRules
{
    /// <summary>Text that people write: 1 to so many characters after trimming, any Unicode but NUL.</summary>
    public static IRuleBuilderOptions<T, string?> HumanText<T>(this IRuleBuilder<T, string?> rule, int maxCharacters) =>
        rule.Must(text => !string.IsNullOrWhiteSpace(text))
            .WithMessage($"must have 1 to {maxCharacters} characters after trimming")
            .Must(text => text is null || UnicodeText.CountCharacters(text.Trim()) <= maxCharacters)
            .WithMessage($"must have 1 to {maxCharacters} characters after trimming")
            .Must(text => text is null || UnicodeText.IsStorable(text))
            .WithMessage("must be well-formed Unicode without NUL");
}
