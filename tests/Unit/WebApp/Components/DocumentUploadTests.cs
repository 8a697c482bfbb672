using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components.Forms;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Components;

namespace QrAi.Tests.Unit.WebApp.Components;

public sealed class DocumentUploadTests : PageContext
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task Files_that_are_being_uploaded_are_left_only_if_the_person_agrees(bool agrees)
    {
        var reply = new TaskCompletionSource();
        Service.On("POST /api/documents", PageReply.Json(PageData.Document("Rules"))).Ready = reply.Task;
        Browser.Agrees = agrees;
        var upload = Render<DocumentUpload>();
        var input = upload.FindComponent<InputFile>();
        // It waits for the upload.
        var uploading = Task.Run(() => input.UploadFiles(InputFileContent.CreateFromText("# Rules", "Rules.md")));
        upload.WaitForState(() => upload.FindAll(".uploads .hint").Count == 1);

        await upload.InvokeAsync(() => Navigation.NavigateTo("/"));

        ((BunitNavigationManager)Navigation)
            .History.ShouldHaveSingleItem()
            .State.ShouldBe(agrees ? NavigationState.Succeeded : NavigationState.Prevented);
        Browser.Calls("confirm").ShouldHaveSingleItem().ShouldStartWith("Files are still being uploaded.");
        reply.SetResult();
        await uploading;
        upload.WaitForState(() => upload.FindAll(".uploads li").Count == 0);
    }
}
