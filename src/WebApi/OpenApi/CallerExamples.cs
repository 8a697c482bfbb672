using QrAi.Application.Callers;

namespace QrAi.WebApi.OpenApi;

/// <summary>Examples of callers.</summary>
internal static class CallerExamples
{
    private static readonly DateTimeOffset _created = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);
    private static readonly QuestionLimitDto _limit = new(60, 20);

    /// <summary>The examples of response bodies, by their type.</summary>
    public static IReadOnlyDictionary<Type, Example[]> Responses { get; } =
        new Dictionary<Type, Example[]>
        {
            [typeof(CallerDto)] =
            [
                new(
                    "key",
                    new CallerDto(
                        "website",
                        CallerAuthentication.ApiKey,
                        new CallerKeyDto(
                            new Guid("019aba3e-7f5e-7c1b-8b0e-6a3c1f5d9e42"),
                            "website",
                            _created,
                            _created.AddDays(90),
                            _created.AddHours(1)
                        ),
                        [],
                        _limit,
                        [
                            new KeyLimitDto(
                                "5 USD/month",
                                1.25m,
                                3.75m,
                                new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)
                            ),
                        ]
                    )
                ),
                new(
                    "token",
                    new CallerDto(
                        "jwt:https://issuer.example#alice",
                        CallerAuthentication.Jwt,
                        Key: null,
                        [NotPermittedException.Share],
                        _limit,
                        Limits: null
                    )
                ),
            ],
        };
}
