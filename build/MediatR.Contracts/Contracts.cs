namespace MediatR;

/// <summary>Marks any request, with or without a response.</summary>
public interface IBaseRequest;

/// <summary>A request without a response.</summary>
public interface IRequest : IBaseRequest;

/// <summary>A request with a response.</summary>
/// <typeparam name="TResponse">What the handler returns.</typeparam>
public interface IRequest<out TResponse> : IBaseRequest;

/// <summary>A request whose response is a stream.</summary>
/// <typeparam name="TResponse">What each item of the stream is.</typeparam>
public interface IStreamRequest<out TResponse>;

/// <summary>Something that happened, told to any number of handlers.</summary>
public interface INotification;
