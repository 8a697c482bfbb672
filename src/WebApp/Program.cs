using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using QrAi.WebApp;
using QrAi.WebApp.Answers;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.RootComponents.Add<HeadOutlet>("head::after");
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<PageModule>();
builder.Services.AddSingleton<BrowserStorage>();
builder.Services.AddSingleton<ApiKeyStore>();
builder.Services.AddSingleton(new IssuerHttp(new HttpClient()));
builder.Services.AddSingleton<SignIn>();
builder.Services.AddSingleton<PendingQuestions>();
builder.Services.AddSingleton<Notices>();
builder.Services.AddSingleton<SessionChanges>();
builder.Services.AddSingleton(provider => new QrAiApi(
    new HttpClient(
        new ApiKeyHandler(provider.GetRequiredService<ApiKeyStore>(), provider.GetRequiredService<SignIn>())
        {
            InnerHandler = new HttpClientHandler(),
        }
    )
    {
        BaseAddress = new Uri(builder.HostEnvironment.BaseAddress),
        // Streams last as long as their answers; the browser ends other requests with their connection.
        Timeout = Timeout.InfiniteTimeSpan,
    }
));
builder.Services.AddSingleton<AnswerFollower>();
await builder.Build().RunAsync();
