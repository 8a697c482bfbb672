using FluentValidation;
using MediatR;
using NetArchTest.Rules;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;

namespace QrAi.Tests.Architecture;

/// <summary>Requests, their validators and their handlers.</summary>
public sealed class RequestTests
{
    private static readonly Type[] HandlerInterfaces =
    [
        typeof(IRequestHandler<>),
        typeof(IRequestHandler<,>),
        typeof(IStreamRequestHandler<,>),
    ];

    private static readonly Type[] WithoutRule = [typeof(Guid), typeof(Position), typeof(IdempotencyKey), typeof(bool)];

    private static List<Type> Requests { get; } =
    [
        .. Layers
            .Application.Written()
            .Where(type => !type.IsInterface)
            .Where(type =>
                type.IsAssignableTo(typeof(IBaseRequest))
                || type.GetInterfaces().Any(one => IsA(one, typeof(IStreamRequest<>)))
            ),
    ];

    private static List<Type> Handlers { get; } =
    [.. Layers.Application.Written().Where(type => !type.IsAbstract && RequestsOf(type).Any())];

    [Test]
    public void Requests_are_sealed_records() => Requests.Must(type => type.IsSealed && type.IsRecord());

    [Test]
    public void Requests_of_every_kind_are_found()
    {
        Requests.ShouldContain(typeof(QrAi.Application.Questions.AskQuestion));
        Requests.ShouldContain(typeof(QrAi.Application.Sessions.DeleteSession));
        Requests.ShouldContain(typeof(QrAi.Application.Migrations.Migrate));
    }

    [Test]
    public void Each_request_has_exactly_one_handler() =>
        Requests.Must(request => Handlers.SelectMany(RequestsOf).Count(handled => handled == request) == 1);

    [Test]
    public void Handlers_are_internal_and_sealed_and_in_the_namespace_of_their_request() =>
        Handlers.Must(handler =>
            handler is { IsNotPublic: true, IsSealed: true }
            && RequestsOf(handler).All(request => request.Namespace == handler.Namespace)
        );

    [Test]
    public void Handlers_are_named_after_their_request() =>
        Handlers.Must(handler => RequestsOf(handler).All(request => handler.Name == request.Name + "Handler"));

    [Test]
    public void Handlers_send_no_requests() =>
        Types
            .InAssembly(Layers.Application)
            .That()
            .HaveNameEndingWith("Handler", StringComparison.Ordinal)
            .Must(types => types.NotHaveDependencyOnAny("MediatR.ISender", "MediatR.IMediator", "MediatR.IPublisher"));

    [Test]
    public void Each_request_with_input_has_a_validator()
    {
        var validators = Layers.Application.Written().Where(type => type.IsAssignableTo(typeof(IValidator))).ToList();

        // Ids and positions need an existing target, which the handler checks. An idempotency key is not input, and either choice is valid.
        Requests
            .Where(request =>
                request.GetProperties().Any(input => !WithoutRule.Contains(input.PropertyType) && !IsStatic(input))
            )
            .Must(request =>
                // A validator is resolved by the exact type of the request, not by a base type.
                validators.Count(validator => validator.BaseType!.GetGenericArguments()[0] == request) == 1
            );
    }

    [Test]
    public void Validators_are_internal_and_sealed_and_in_the_namespace_of_their_request() =>
        Layers
            .Application.Written()
            .Where(type => type.IsAssignableTo(typeof(IValidator)))
            .Must(validator =>
                validator is { IsNotPublic: true, IsSealed: true }
                && validator.BaseType!.GetGenericArguments()[0].Namespace == validator.Namespace
            );

    private static bool IsStatic(System.Reflection.PropertyInfo property) =>
        (property.GetMethod ?? property.SetMethod)!.IsStatic;

    private static IEnumerable<Type> RequestsOf(Type handler) =>
        handler
            .GetInterfaces()
            .Where(one => HandlerInterfaces.Any(kind => IsA(one, kind)))
            .Select(one => one.GetGenericArguments()[0]);

    private static bool IsA(Type type, Type definition) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition;
}
